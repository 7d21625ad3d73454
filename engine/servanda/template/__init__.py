"""Workbooks for people who submit facts: an empty one to fill in, and a marked copy of one that does not hold.

Pure functions from a pack, an agreement and what is known to the bytes of an .xlsx; the same input gives the same bytes.
The names of sheets and manifest keys are those that the intake reads (`facts.workbook_layout`).
"""
