"""How a request for or about experience stands. A decision is final; a reversal is a third thing, not a state."""

from enum import StrEnum


class State(StrEnum):
    PENDING = "Pending"
    APPROVED = "Approved"
    DENIED = "Denied"
