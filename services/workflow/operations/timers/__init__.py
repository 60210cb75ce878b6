"""Clocks and timers of items: kept in step with every move, and told or fired when they are due."""
