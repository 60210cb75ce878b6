"""Owns characters, chronicles, the ledger of experience points, and the rules that stored data and posted records obey.

It does not own people, and does not decide what a sibling does with a record that fails.
"""
