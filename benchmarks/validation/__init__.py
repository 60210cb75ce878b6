"""What the ledger of experience points costs, against bare SQL and against pgbench on the same server."""
