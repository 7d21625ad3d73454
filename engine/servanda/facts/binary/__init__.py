"""What runs in the process that opens workbooks and Parquet files; nothing else of servanda is imported there."""
