"""Propagation: one change inherited by a whole subtree, against the cheapest SQL that could do it."""
