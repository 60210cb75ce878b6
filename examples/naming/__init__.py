"""A naming convention as advertising teams use it: its structure and values, and a tree of names of any size."""
