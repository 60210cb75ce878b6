"""Tasks, tours with their checkpoints, and evidence."""
