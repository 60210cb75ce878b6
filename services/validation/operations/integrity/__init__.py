"""Integrity runs: asked for, carried out, told, undone; rows that are set apart."""
