"""The code that takes edges: for one item, a thousand, a dry run, a job or a verification."""
