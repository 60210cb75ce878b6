"""Bodies and query arguments, in and out; no queries, no rules."""
