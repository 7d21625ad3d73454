"""Readings: whether a finding stands where "ca." or an assumed figure is read otherwise, found by evaluating anew."""
