"""The language of expressions: read into a typed tree, and from that one tree made SQL, judged columns and words."""
