"""Pipelines: reading their files, checking what they say, storing what has passed."""
