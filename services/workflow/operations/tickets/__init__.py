"""Tickets: what is special to them."""
