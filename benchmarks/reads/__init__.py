"""What it costs to read one row through a service, against the least that a Flask view of a row costs."""
