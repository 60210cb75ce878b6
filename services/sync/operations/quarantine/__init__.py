"""Quarantine: rows that did not load, corrected, tried again, discarded."""
