"""Facts that stop an operation of this service, each with its status and code."""
