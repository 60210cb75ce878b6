"""What is done with scenes, stories and weeks."""
