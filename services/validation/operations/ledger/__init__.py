"""What is done with experience points."""
