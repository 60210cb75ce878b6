"""What runs ask of the tables, beyond what rules say by themselves."""
