"""The only code that changes a state: for one item, a thousand, a dry run, a job or a verification."""
