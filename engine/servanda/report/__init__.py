"""Reports: one file a format (see `formats`). Each takes a run, or problems, and gives text; nothing is printed here."""
