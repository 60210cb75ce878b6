"""Owns the naming structure, the tree of strings, what they inherit, and the runs that keep them in agreement.

It does not push names to advertising platforms and does not decide approvals.
"""
