"""What it costs to move many items, against the least that it can cost."""
