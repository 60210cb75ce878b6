"""What a bulk call does with items, and what it tells of each. The works themselves: see `moving` and `changing`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

from sqlalchemy.orm import Session

from services.workflow.domain.machines.asking import Finding
from services.workflow.errors import Denied, WouldBeDenied
from services.workflow.operations.denials import Attempt
from services.workflow.operations.entities import Entity
from services.workflow.operations.transitions.checked import NOT_FOUND
from services.workflow.operations.transitions.lifecycle import Wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of one item: done, unchanged, failed, or would_succeed for what passed and was not written."""

    status: str
    code: str | None = None
    detail: str | None = None
    from_state: str | None = None
    to_state: str | None = None
    version: int | None = None
    expected_version: int | None = None
    warnings: Sequence[str] = ()
    missing: Sequence[str] = ()

    @property
    def succeeded(self) -> bool:
        return self.status != "failed"


class Work(Protocol):
    """`do` with `write` false is a dry run; with `all_or_nothing` one failure leaves everything as it is."""

    @property
    def operation_type(self) -> str: ...

    def demand(self, session: Session, entity: Entity, *, count: int, dry_run: bool) -> None: ...

    def do(
        self, session: Session, entity: Entity, wanted: Sequence[Wanted], *, write: bool, all_or_nothing: bool
    ) -> list[Done]: ...

    def as_json(self) -> dict[str, Any]: ...


NOWHERE = Done(status="failed", code=NOT_FOUND.code, detail=NOT_FOUND.detail)


def failed(findings: Sequence[Finding], version: int, wanted: Wanted, **told: Any) -> Done:
    first = findings[0]
    told |= {"code": first.code, "detail": " ".join(found.detail for found in findings), "version": version}
    if first.code == "version_conflict":
        told["expected_version"] = wanted.version
        told["detail"] = f"{first.detail} Version {wanted.version} was sent, version {version} is stored."
    return Done(status="failed", **told)


def deny(entity: Entity, verb: str, missing: Sequence[str], *, count: int, dry_run: bool) -> NoReturn:
    """A dry run leaves no denial behind."""
    detail = f"You lack the permission {', '.join(missing)}."
    if dry_run:
        raise WouldBeDenied(detail, permission=", ".join(missing), missing_permissions=list(missing))
    attempt = Attempt(f"{entity.name}.{verb}", missing, detail, entity=entity.name, items=count)
    raise Denied(missing, detail, attempt=attempt, missing_permissions=list(missing))
