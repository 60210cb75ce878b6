"""Approvals: what is special to them."""
