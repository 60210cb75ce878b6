"""What stores ask for: lists as full states or differences, versions, and the uses that they report."""
