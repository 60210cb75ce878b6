"""Settings, queues and roles of this service."""

from typing import Any, ClassVar, Literal

from pydantic import Field

from shared.config import Settings as CommonSettings

QUEUES = ("propagation", "propagation_heavy", "propagation_light")
# Whom this service may call, and with which permissions.
CALLS = {"workflow": ("approval.request",)}

RuleWord = Literal["inherit_always", "inherit_if_empty", "inherit_unless_overridden", "inherit_never"]


class Settings(CommonSettings):
    """The service layer of the settings; workspace and user may override what the reference page says."""

    service: ClassVar[str] = "propagation"

    auto_regenerate_strings: bool = Field(
        True, description="The kill switch: off stores details and regenerates nothing."
    )
    enable_inheritance_propagation: bool = True
    strict_auto_regeneration: bool = Field(False, description="Any failure rolls the whole run back.")
    propagation_mode: Literal["automatic", "manual", "prompt"] = "automatic"
    error_handling: Literal["continue", "stop", "rollback"] = "continue"
    max_inheritance_depth: int = Field(10, ge=1, le=50)
    field_propagation_rules: dict[str, RuleWord] = Field(
        default={
            "dimension_value": "inherit_always",
            "dimension_value_freetext": "inherit_if_empty",
            "custom_fields": "inherit_never",
            "default": "inherit_always",
        }
    )
    parallel_propagation: bool = True
    max_parallel_workers: int = Field(4, ge=1)
    propagation_timeout: int = Field(300, gt=0, description="Seconds from the start of a run.")
    background_processing_threshold: int = Field(100, ge=1)
    heavy_propagation_threshold: int = Field(1000, ge=1)
    propagation_chunk_size: int = Field(5000, ge=1, description="Strings of one transaction of a large run.")
    job_retention_days: int = Field(30, ge=1)

    def service_layer(self) -> dict[str, Any]:
        """The settings that a workspace, a user or a request may override, by their common names."""
        names = (
            "auto_regenerate_strings",
            "enable_inheritance_propagation",
            "strict_auto_regeneration",
            "propagation_mode",
            "error_handling",
            "max_inheritance_depth",
            "field_propagation_rules",
            "parallel_propagation",
            "max_parallel_workers",
            "background_processing_threshold",
        )
        return {name: getattr(self, name) for name in names} | {"propagation_timeout_seconds": self.propagation_timeout}


_VIEWER = frozenset({"string.view", "job.view"})
_OPERATOR = _VIEWER | {"string.edit", "run.manage"}
_MANAGER = _OPERATOR | {"value.edit", "rule.manage", "settings.manage", "job.manage", "audit.view", "outbox.view"}
_ADMIN = _MANAGER | {"structure.manage", "member.manage", "audit.export", "audit.manage", "outbox.manage"}

ROLE_PERMISSIONS = {
    "viewer": _VIEWER,
    "operator": _OPERATOR,
    "manager": _MANAGER,
    "admin": _ADMIN,
}
