"""What is asked for a store: where it stands, what it must hold, and what of that is new to it."""
