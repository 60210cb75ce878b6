"""Constraints of the database: how they stand, and their way from measured to enforced and back."""
