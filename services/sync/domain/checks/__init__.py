"""The rules that a pipeline states itself: compiled once, looked at column by column."""
