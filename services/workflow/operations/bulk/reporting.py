"""What is told about a bulk call, item by item and in sum."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from services.workflow.domain.bulk import Pick, Sent
from services.workflow.operations.bulk.works import Done

ROLLED_BACK = "rolled_back"
NOTHING_STORED = "dry_run: Nothing was stored."


@dataclass(frozen=True)
class Report:
    """`done` stands in the order of `picks`."""

    operation_type: str
    picks: Sequence[Pick]
    done: Sequence[Done]
    dry_run: bool
    was_rolled_back: bool
    warnings: Sequence[str]
    correlation_id: uuid.UUID

    @cached_property
    def failed_ids(self) -> list[Sent]:
        return self._ids(done.status == "failed" for done in self.done)

    @cached_property
    def passing_ids(self) -> list[Sent]:
        return self._ids(done.status != "failed" for done in self.done)

    @cached_property
    def successful_ids(self) -> list[Sent]:
        return [] if self.was_rolled_back else self.passing_ids

    @cached_property
    def failure_details(self) -> dict[str, str]:
        failed = [(pick, done) for pick, done in zip(self.picks, self.done, strict=True) if done.status == "failed"]
        return {str(pick.sent): done.detail or "" for pick, done in failed}

    @property
    def rollback_reason(self) -> str | None:
        return rollback_reason(len(self.failed_ids), len(self.picks)) if self.was_rolled_back else None

    @property
    def status(self) -> int:
        if self.was_rolled_back:
            return 409
        return 207 if self.failed_ids and not self.dry_run else 200

    def as_dict(self) -> dict[str, Any]:
        told = {
            "operation_type": self.operation_type,
            "total_items": len(self.picks),
            "successful_items": len(self.successful_ids),
            "failed_items": len(self.failed_ids),
            "success_rate": success_rate(len(self.successful_ids), len(self.picks)),
            "successful_ids": self.successful_ids,
            "failed_ids": self.failed_ids,
            "unchanged_ids": self._ids(done.status == "unchanged" for done in self.done),
            "would_have_succeeded": self.passing_ids if self.was_rolled_back or self.dry_run else [],
            "failure_details": self.failure_details,
            "items": [item_of(pick, done) for pick, done in zip(self.picks, self.done, strict=True)],
            "warnings": [*self.warnings, *self._item_warnings(), *([NOTHING_STORED] if self.dry_run else [])],
            "was_rolled_back": self.was_rolled_back,
            "rollback_reason": self.rollback_reason,
            "dry_run": self.dry_run,
            "audit_correlation_id": self.correlation_id,
        }
        return told | ({"code": ROLLED_BACK} if self.was_rolled_back else {})

    def _ids(self, chosen: Iterable[bool]) -> list[Sent]:
        return [pick.sent for pick, is_chosen in zip(self.picks, chosen, strict=True) if is_chosen]

    def _item_warnings(self) -> list[str]:
        told = zip(self.picks, self.done, strict=True)
        return [f"{pick.sent}: {warning}" for pick, done in told for warning in done.warnings]


def item_of(pick: Pick, done: Done) -> dict[str, Any]:
    is_stale = done.code == "version_conflict"
    return {
        "id": pick.sent,
        "status": done.status,
        "code": done.code,
        "detail": done.detail,
        "from_state": done.from_state,
        "to_state": done.to_state,
        "version": done.version,
        "expected_version": done.expected_version,
        "actual_version": done.version if is_stale else None,
        "warnings": list(done.warnings),
    }


def success_rate(successful: int, total: int) -> float:
    """Percent with two decimals; nothing of nothing is 0."""
    return round(successful * 100 / total, 2) if total else 0.0


def rollback_reason(failed: int, total: int) -> str:
    return f"{failed} of {total} items failed, so that none was changed."
