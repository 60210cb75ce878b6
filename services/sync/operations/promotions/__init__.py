"""Promotions as head office keeps them: writing, compiling, previewing, settings."""
