"""The desk: what people do with runs, whichever way they reach it: keep submissions, run checks, decide, compare, write letters. It reads no clock."""
