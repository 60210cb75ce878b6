"""Blueprints, a file per resource: parse, call one operation, return its model."""
