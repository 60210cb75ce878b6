"""Finding things: the index and what people do with it."""
