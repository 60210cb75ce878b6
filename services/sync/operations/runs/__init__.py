"""Runs of pipelines: asked for, planned, carried out batch by batch, ended."""
