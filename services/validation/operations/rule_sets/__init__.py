"""Rule sets: found, stored, given lists, tried on records."""
