"""Conflicts: decided by people, here or in workflow."""
