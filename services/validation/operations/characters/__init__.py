"""What is done with characters."""
