"""Settings, queues and roles of this service."""

from typing import Any, ClassVar

from pydantic import Field

from shared.config import Settings as CommonSettings

QUEUES = ("workflow", "workflow_heavy")
# Whom this service may call, and with which permissions.
CALLS = {"sync": ("approval.callback",), "propagation": ("approval.callback",)}


class Settings(CommonSettings):
    """What the environment may say; what a tenant may say is in its own row."""

    service: ClassVar[str] = "workflow"

    job_retention_days: int = Field(30, ge=1)

    enable_audit_signals: bool = Field(True, description="Off writes no audit rows of creating, editing and deleting.")
    enable_bulk_operations: bool = Field(True, description="Off answers every bulk call with 503.")
    enable_search_rate_limiting: bool = Field(True, description="Off lifts the quota of the search addresses.")

    search_premium_tenants: list[str] = Field(default=[], description="Ids of tenants with the premium quota.")
    search_rate_limit_tenant_overrides: dict[str, Any] = Field(
        default={}, description="Tenant id to `limit` and `window_seconds` of its own."
    )
    search_rate_limit_anonymous: int = Field(20, ge=0, description="Searches of a window without a valid token.")
    search_rate_limit_authenticated: int = Field(100, ge=0, description="Searches of a window of one person.")
    search_rate_limit_premium: int = Field(500, ge=0, description="The same in a premium tenant.")
    search_rate_limit_window_seconds: int = Field(300, gt=0)
    search_cache_timeout: int = Field(300, ge=0, description="Seconds that an answer of the search is kept.")

    search_history_days: int = Field(90, ge=1, description="Days that searches and clicks are kept.")

    bulk_rate_limit_per_minute: int = Field(10, ge=0, description="Bulk calls of one person; 0 lifts the quota.")
    bulk_sync_max_ids: int = Field(1000, ge=1, description="More items than this become a job.")
    bulk_max_ids: int = Field(100_000, ge=1, description="More items than this are refused.")

    def features(self) -> dict[str, bool]:
        """The flags as they stand, by the names of their variables."""
        names = ("enable_audit_signals", "enable_bulk_operations", "enable_search_rate_limiting")
        return {name.upper(): getattr(self, name) for name in names}


def _of(area: str, verbs: str) -> frozenset[str]:
    return frozenset(f"{area}.{verb}" for verb in verbs.split())


# By area: what a role adds to the roles before it.
_VIEWER = frozenset().union(
    *(_of(area, "view") for area in ("workorder", "reference", "task", "attendance", "ticket")),
    _of("search", "use save"),
    _of("machine", "view"),
    _of("approval", "view"),
    _of("job", "view"),
)
_OPERATOR = _VIEWER.union(
    _of("workorder", "create update transition start complete permit verify"),
    _of("task", "create update transition start hold complete change_status"),
    _of("attendance", "create update transition"),
    _of("ticket", "create update transition escalate"),
    _of("search", "share"),
)
_MANAGER = _OPERATOR.union(
    _of("workorder", "update_all assign approve reject close reopen cancel"),
    _of("reference", "manage"),
    _of("task", "update_all assign close reopen"),
    _of("attendance", "update_all approve reject adjust lock"),
    _of("ticket", "update_all assign cancel reopen"),
    _of("search", "analytics"),
    _of("audit", "view"),
    _of("approval", "decide"),
    _of("job", "manage"),
    _of("outbox", "view"),
)
_ADMIN = _MANAGER.union(
    *(_of(area, "delete") for area in ("workorder", "reference", "task", "attendance", "ticket")),
    _of("search", "index manage"),
    _of("audit", "export manage"),
    _of("settings", "manage"),
    _of("webhook", "manage"),
    _of("approval", "request"),
    _of("person", "erase"),
)

ROLE_PERMISSIONS = {
    "viewer": _VIEWER,
    "operator": _OPERATOR,
    "manager": _MANAGER,
    "admin": _ADMIN,
}

# In no role: granted by claim only.
CLAIM_PERMISSIONS = frozenset(
    {"workflow.act_as_system", "search.premium"}
    | {f"{area}.view_own" for area in ("workorder", "task", "attendance", "ticket")}
)
KNOWN_PERMISSIONS = _ADMIN | CLAIM_PERMISSIONS
