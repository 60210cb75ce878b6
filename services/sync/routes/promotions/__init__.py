"""Promotions and what they refer to, as head office keeps them."""
