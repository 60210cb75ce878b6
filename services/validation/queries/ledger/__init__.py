"""What the ledger is asked for."""
