"""Monitoring: the report, its history, what alarms, and who is told."""
