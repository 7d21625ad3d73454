"""The HTML report: one self-contained page, readable without scripts, for the head of department, for a district, for one finding."""
