"""Profiles: the rules for products, customers, sales and what else old systems keep, in a file for each kind."""
