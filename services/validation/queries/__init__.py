"""Every select longer than a lookup by id; returns models or rows."""
