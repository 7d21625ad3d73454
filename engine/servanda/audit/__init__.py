"""The yearly audit: every agreement of every pack, in buckets, as columns to the end, resumable and repeatable (see docs/audit.md)."""
