"""Promotions, what they refer to, and what stores are told, in JSON."""
