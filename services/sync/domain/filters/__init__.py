"""Conditions on rows: read once, then put into the words of a source or looked at in Python, with the same result."""
