"""What a run does: which rules it looks at, in which checks, and what its outcome amounts to."""
