"""Alerts: raised once for each pipeline and cause, and ended once."""
