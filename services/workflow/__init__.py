"""Owns the lifecycles of work orders, tasks, attendance, tickets and approvals: who may move what, when, and why.

It does not own people, teams, sites or assets; those are remote ids.
"""
