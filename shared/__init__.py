"""Mechanism without meaning: what at least three of the four services need.

No tables of its own (mixins only), no domain words, no import of a service.
"""
