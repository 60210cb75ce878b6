"""Strings from a file: rows are put down, checked part by part, and applied as one run."""
