"""What came of a transition, as it is told."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.workflow.domain.machines.asking import Finding
from services.workflow.domain.machines.checking import status_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Of one item. `transition_id` is the record's, None unless something was written."""

    success: bool
    from_state: str | None
    to_state: str | None
    timestamp: datetime
    unchanged: bool = False
    dry_run: bool = False
    errors: Sequence[Finding] = ()
    required_permissions: Sequence[str] = ()
    missing_permissions: Sequence[str] = ()
    allowed_targets: Sequence[str] = ()
    warnings: Sequence[str] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    transition_id: int | None = None
    audit_correlation_id: uuid.UUID | None = None

    @property
    def status(self) -> int:
        """Of the answer to a single request."""
        return 200 if self.success else status_of(self.errors)

    @property
    def error_message(self) -> str | None:
        return " ".join(error.detail for error in self.errors) or None

    def as_dict(self) -> dict[str, Any]:
        told = {
            "success": self.success,
            "unchanged": self.unchanged,
            "dry_run": self.dry_run,
            "from_state": self.from_state,
            "to_state": self.to_state,
            "errors": [error.as_dict() for error in self.errors],
            "error_message": self.error_message,
            "required_permissions": list(self.required_permissions),
            "missing_permissions": list(self.missing_permissions),
            "allowed_targets": list(self.allowed_targets),
            "warnings": list(self.warnings),
            "metadata": dict(self.metadata),
            "timestamp": self.timestamp,
            "transition_id": self.transition_id,
            "audit_correlation_id": self.audit_correlation_id,
        }
        return told | ({"status_if_run": self.status} if self.dry_run else {})
