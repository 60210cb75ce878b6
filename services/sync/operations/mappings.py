"""The mapping and the rules of a configuration, compiled against the columns of its target."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from services.sync.domain.checks.compiling import Checks, compile_rules
from services.sync.domain.configuration import Configuration
from services.sync.domain.findings import Finding
from services.sync.domain.transform.compiling import compile_mapping
from services.sync.domain.transform.mapping import Mapping
from services.sync.domain.transform.targets import TargetColumn
from services.sync.loaders.targets import TARGETS, TargetTable
from services.sync.operations.components import components
from shared.patterns import compile_pattern


def compiled(configuration: Configuration) -> tuple[Mapping | None, list[Finding]]:
    """The mapping, None with a finding; pointers are relative to the section `transform`."""
    target = TARGETS.get(configuration.target.table) if configuration.target.type == "table" else None
    return compile_mapping(
        configuration.transform,
        target=None if target is None else target_columns(target),
        tables={name: [*table.columns, "id"] for name, table in TARGETS.items()},
        functions=components("functions"),
        zone=zone_of(configuration),
        decimal_separator=configuration.source["config"].get("decimal_separator"),
    )


def compiled_rules(configuration: Configuration) -> tuple[Checks | None, list[Finding]]:
    """The rules of the section `validate`; pointers are relative to their list."""
    mapping, _ = compiled(configuration)
    return compile_rules(
        configuration.validate.get("rules", []),
        fields=None if mapping is None else mapping.targets,
        patterns=_pattern,
        registered=components("validators"),
    )


def _pattern(pattern: str) -> Callable[[Any], bool]:
    compiled_pattern = compile_pattern(pattern)
    return lambda value: compiled_pattern.matches(str(value))


def zone_of(configuration: Configuration) -> ZoneInfo:
    """Of times in the source that name none."""
    return ZoneInfo(str(configuration.source.get("time_zone", "UTC")))


def target_columns(target: TargetTable) -> dict[str, TargetColumn]:
    """The columns of a table in the words of mappings."""
    return {name: _column(name, column, target.types[name]) for name, column in target.columns.items()}


def _column(name: str, column: sa.Column[Any], kind: str) -> TargetColumn:
    precision, scale = getattr(column.type, "precision", None), getattr(column.type, "scale", None)
    return TargetColumn(name, kind, precision=precision, scale=scale)
