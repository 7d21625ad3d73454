"""What if: a run under other rules against the rules as they are, finding by finding."""
