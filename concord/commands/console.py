"""How commands speak; shared with those of the services."""

from shared.command_line import FAILED, FINDINGS, OK, UNREACHABLE, USAGE, fail, note, print_json

__all__ = ["FAILED", "FINDINGS", "OK", "UNREACHABLE", "USAGE", "fail", "note", "print_json"]
