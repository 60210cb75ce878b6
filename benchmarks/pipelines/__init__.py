"""The cost of a pipeline beside a COPY with a merge, and beside dlt."""
