"""Names read back by their rules: one, or thousands beside each other."""
