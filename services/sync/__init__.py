"""Owns pipelines and their runs, what they loaded and put aside, and the promotions that stores must hold.

It does not own the systems it reads from, the rules that rows are checked against, or what happens at the till.
"""
