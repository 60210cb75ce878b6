"""What writes rows: the tables that they may go to, and the statements of a batch."""
