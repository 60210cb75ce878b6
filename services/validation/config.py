"""Settings, queues and roles of this service."""

from typing import ClassVar, Literal

from pydantic import Field

from shared.config import Settings as CommonSettings

QUEUES = ("validation", "validation_heavy")
# Whom this service may call, and with which permissions.
CALLS = {"workflow": ("ticket.create",)}


class Settings(CommonSettings):
    """What the environment may say; what a tenant may say is in its own rows."""

    service: ClassVar[str] = "validation"

    job_retention_days: int = Field(30, ge=1)
    constraint_assertion: Literal["strict", "warn"] = Field(
        "strict",
        description="Whether a process that finds a constraint missing when it starts is unready, or only says so.",
    )


def _of(area: str, verbs: str) -> frozenset[str]:
    return frozenset(f"{area}.{verb}" for verb in verbs.split())


# By area: what a role adds to the roles before it.
_VIEWER = frozenset().union(*(_of(area, "view") for area in ("character", "chronicle", "rules", "health", "job")))
_OPERATOR = _VIEWER.union(
    _of("character", "edit_own"),
    _of("xp", "spend request"),
    _of("rules", "evaluate"),
)
_MANAGER = _OPERATOR.union(
    _of("character", "view_all edit_all"),
    _of("chronicle", "manage"),
    _of("xp", "grant"),
    _of("integrity", "run"),
    _of("rules", "manage"),
    _of("alerts", "manage"),
    _of("audit", "view"),
    _of("job", "manage"),
    _of("outbox", "view"),
)
_ADMIN = _MANAGER.union(
    _of("integrity", "fix"),
    _of("quarantine", "manage"),
    _of("policy", "manage"),
    _of("audit", "export manage"),
    _of("webhook", "manage"),
)

ROLE_PERMISSIONS = {
    "viewer": _VIEWER,
    "operator": _OPERATOR,
    "manager": _MANAGER,
    "admin": _ADMIN,
}
KNOWN_PERMISSIONS = _ADMIN
# Whoever has it counts as staff: may decide about every character but the own ones.
STAFF = "policy.manage"
