"""Strings enter and leave the tree; what changes them in between is a run."""
