"""The types that a mapped field may have, each in the file of its nouns."""
