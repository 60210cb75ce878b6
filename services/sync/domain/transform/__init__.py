"""From the fields of a source to the columns of a target: compiled once, then a page at a time and column by column."""
