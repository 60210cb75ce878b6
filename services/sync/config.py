"""Settings, queues and roles of this service."""

from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from shared.config import Settings as CommonSettings

QUEUES = ("sync", "sync_heavy")
# Whom this service may call, and with which permissions.
CALLS = {
    "validation": ("rules.evaluate",),
    "workflow": ("approval.request", "ticket.create"),
    # It finds the values that are there, and follows the jobs that its changes begin.
    "propagation": ("value.edit", "string.edit", "string.view", "job.view"),
}


class Settings(CommonSettings):
    """What the environment may say; what a tenant may say is in its own rows and in its pipelines."""

    service: ClassVar[str] = "sync"

    job_retention_days: int = Field(30, ge=1)

    data_dir: Path = Field(Path("/var/lib/concord/sync"), description="Files that pipelines read lie below it.")
    secrets_dir: Path = Field(
        Path("/run/secrets/concord"), description="Secrets of pipelines, a folder for each tenant."
    )
    allowed_hosts: list[str] = Field(
        default=[], description="Hosts that pipelines may name: `host` or `*.domain`, each with or without `:port`."
    )
    allowed_private: list[str] = Field(
        default=[], description="`host:port` of private addresses that pipelines may reach all the same."
    )
    legacy_environments: dict[str, dict[str, Any]] = Field(
        default={},
        description="By name: `base_url` of a 4D server, and `user` and `password` by reference to secrets.",
    )
    executor: Literal["local", "rq", "dask"] = Field("rq", description="Who works on the partitions of a run.")
    dask_address: str = Field(
        "", description="Scheduler of the executor `dask`, such as `tls://dask:8786`; empty: pipelines may not name it."
    )

    @model_validator(mode="after")
    def _scheduler_is_known(self) -> Self:
        if self.executor == "dask" and not self.dask_address:
            raise ValueError("executor is dask, so dask_address has to name its scheduler")
        return self


def _of(area: str, verbs: str) -> frozenset[str]:
    return frozenset(f"{area}.{verb}" for verb in verbs.split())


# By area: what a role adds to the roles before it.
_VIEWER = frozenset().union(
    *(_of(area, "view") for area in ("pipeline", "run", "catalogue", "quarantine", "conflict", "promotion", "job")),
    _of("edge", "read"),
)
_OPERATOR = _VIEWER.union(_of("run", "start cancel"), _of("quarantine", "redrive"), _of("edge", "usage"))
_MANAGER = _OPERATOR.union(
    _of("pipeline", "manage"),
    _of("state", "reset"),
    _of("catalogue", "edit"),
    _of("conflict", "resolve"),
    _of("quarantine", "correct discard view_raw"),
    _of("promotion", "manage settings"),
    _of("reference", "manage"),
    _of("audit", "view"),
    _of("job", "manage"),
    _of("outbox", "view"),
)
_ADMIN = _MANAGER.union(
    _of("pipeline", "delete"),
    _of("run", "mass_delete"),
    _of("webhook", "manage"),
    _of("edge_server", "manage"),
    _of("promotion", "force_sync"),
    _of("audit", "export manage"),
)

ROLE_PERMISSIONS = {
    "viewer": _VIEWER,
    "operator": _OPERATOR,
    "manager": _MANAGER,
    "admin": _ADMIN,
}

# In no role: what siblings may do.
CLAIM_PERMISSIONS = frozenset({"approval.callback"})
KNOWN_PERMISSIONS = _ADMIN | CLAIM_PERMISSIONS
