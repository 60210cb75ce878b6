"""Simple reads through the gateway, with and without many open event streams beside them."""
