"""Makes tampering with the audit log visible: segments of finished rows, each sealed by a hash over its rows and over
the seal before it, one chain per tenant and retention class."""

from shared.sealing.chain import Mark, NewSeal, Sealed, seal, take_mark
from shared.sealing.retention import ARCHIVED_FOR, Segment, archive, purge
from shared.sealing.verification import Anchor, Finding, Verification, verify

__all__ = [
    "ARCHIVED_FOR",
    "Anchor",
    "Finding",
    "Mark",
    "NewSeal",
    "Sealed",
    "Segment",
    "Verification",
    "archive",
    "purge",
    "seal",
    "take_mark",
    "verify",
]
