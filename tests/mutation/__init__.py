"""Mutation of the engine: every small change to what measures and judges must be noticed by a fast test. See README.md."""
