"""What a partition works with: the configuration with the run's wishes laid over a copy of it, compiled once."""

from collections.abc import Mapping as Section
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from services.sync.domain import partitions
from services.sync.domain.checks.compiling import Checks
from services.sync.domain.configuration import Configuration, narrowing
from services.sync.domain.cursors import Cursor, read_cursor
from services.sync.domain.filters.conditions import Condition, Scalar
from services.sync.domain.filters.reading import read_filters, read_moment_bound
from services.sync.domain.pages import Extractor
from services.sync.domain.partitions import WHOLE
from services.sync.domain.transform.mapping import Mapping
from services.sync.errors import ConfigurationLost
from services.sync.extractors.world import World
from services.sync.loaders import http
from services.sync.loaders.merging import Merge
from services.sync.loaders.references import References
from services.sync.loaders.staging import Stage
from services.sync.loaders.targets import TARGETS, TargetTable, stand_in
from services.sync.models import PipelineRun
from services.sync.operations.components import components
from services.sync.operations.mappings import compiled, compiled_rules, zone_of
from services.sync.operations.runs.planning import configuration_of, days_before

# Where the cursor is not named, what most systems call it.
USUAL_CURSOR = "modified_date"


@dataclass(frozen=True)
class Setup:
    """Of one run; `parameters` are those of the request, `plan` what was decided when it began, `bounds` say which part
    of the source is read."""

    pipeline: str
    configuration: Configuration
    parameters: Section[str, Any]
    plan: Section[str, Any]
    kind: str
    started_at: datetime
    target: TargetTable
    mapping: Mapping
    checks: Checks
    conditions: tuple[Condition, ...]
    bounds: Section[str, Any] = field(default_factory=dict)

    @property
    def is_divided(self) -> bool:
        """Whether other parts of the run are loaded beside this one."""
        return int(self.plan.get("partitions", 1)) > 1

    @property
    def is_dry(self) -> bool:
        return self.kind == "dry_run"

    @property
    def keeps_state(self) -> bool:
        """Whether it tells how far the pipeline has come."""
        return self.kind not in ("dry_run", "redrive")

    @property
    def is_partial(self) -> bool:
        return "parents" in self.plan or narrowing(self.parameters) is not None

    @property
    def detects_deletes(self) -> bool:
        """Only who looked at everything knows what is missing."""
        return bool(self.plan["full"]) and (self.configuration.detects_deletes or self.replaces)

    @property
    def keeps_seen(self) -> bool:
        """Whether it remembers which rows it has met: for deletes, or for others that look for their children."""
        return self.detects_deletes or bool(self.plan.get("keeps_seen"))

    @property
    def replaces(self) -> bool:
        return self.configuration.target.write == "replace"

    @property
    def batch_size(self) -> int | None:
        """Rows of a commit; None is a page, 0 the whole run."""
        if self.replaces:
            return 0
        asked = self.parameters.get("batch_size")
        if asked is not None:
            return int(asked)
        if self.configuration.target.type == "http":
            return self.configuration.batch_size or int(self.configuration.target.config.get("batch", http.BATCH))
        return self.configuration.batch_size

    @property
    def limit(self) -> int | None:
        if self.bounds.get("nothing"):
            return 0
        top = self.parameters.get("top")
        return None if top is None else int(top)

    @property
    def update_existing(self) -> bool:
        if self.configuration.target.write == "append":
            return False
        asked = self.parameters.get("update_existing")
        return self.configuration.target.update_existing if asked is None else bool(asked)

    @property
    def zone(self) -> ZoneInfo:
        return zone_of(self.configuration)

    @property
    def low(self) -> Cursor | None:
        return read_cursor(self.plan["low"])

    @property
    def time_field(self) -> str | None:
        """The field of the source's row that says when it was changed there."""
        named, cursor = self.configuration.target.timestamp_field, self.configuration.cursor_field
        return cursor or named if self.edit_field else named or cursor

    @property
    def edit_field(self) -> str | None:
        """The column of a table elsewhere that says when a row was edited there, where that is asked for."""
        target = self.configuration.target
        return (
            target.timestamp_field if (target.type, target.conflict_strategy) == ("postgres", "newest_wins") else None
        )

    @property
    def stage(self) -> Stage:
        copied = tuple(name for name in self.mapping.targets if name not in self._looked_up)
        fields = frozenset[str]().union(*(lookup.fields() for lookup in self.mapping.lookups))
        helpers = tuple(sorted(fields - set(copied)))
        return Stage(self.target, copied, self._looked_up, helpers, keeps_pages=self.batch_size is not None)

    @property
    def _looked_up(self) -> tuple[str, ...]:
        return tuple(lookup.target for lookup in self.mapping.lookups)

    @property
    def references(self) -> References:
        return References(
            self.stage,
            tuple(self.mapping.lookups),
            self.configuration.target.key,
            is_dry=self.is_dry,
            keeps_seen=self.keeps_seen,
        )

    @property
    def merge(self) -> Merge:
        return Merge(
            self.stage,
            self.configuration.target.key,
            is_dry=self.is_dry,
            keeps_seen=self.keeps_seen,
            is_manual=self.configuration.target.conflict_strategy == "manual",
        )

    @property
    def fields(self) -> frozenset[str]:
        """Source fields that somebody looks at."""
        looked_at = {entry.source for entry in self.mapping.entries} | {one.field for one in self.conditions}
        looked_at |= {field for lookup in self.mapping.lookups for field in lookup.fields()}
        return frozenset(looked_at | ({self.time_field} if self.time_field else set()))

    @property
    def key_fields(self) -> tuple[str, ...]:
        """Source fields that the key is made of, as far as it is."""
        by_target = {entry.target: entry.source for entry in self.mapping.entries}
        return tuple(by_target[column] for column in self.configuration.target.key if column in by_target)

    def extractor(self, world: World) -> Extractor:
        """A new one, not opened yet. Parts that are read at the same time share the rate of the source."""
        source = self.configuration.source
        rate, lanes = source.get("rate_limit") or {}, int(self.plan.get("lanes", 1))
        if lanes > 1 and "requests_per_second" in rate:
            source = {**source, "rate_limit": {**rate, "requests_per_second": rate["requests_per_second"] / lanes}}
        found: Extractor = components("extractors")[source["type"]].build(source, world)
        return found


def prepare(session: Session, run: PipelineRun, bounds: Section[str, Any] = WHOLE) -> Setup:
    """Raises ConfigurationLost where what was stored does not hold any more (a component or a table has gone)."""
    configuration = configuration_of(session, run)
    TARGETS.refresh(session)
    (mapping, _), (checks, _) = compiled(configuration), compiled_rules(configuration)
    target = TARGETS.get(configuration.target.table) if configuration.target.type == "table" else None
    if configuration.target.type != "table" and configuration.target.type in components("loaders") and mapping:
        target = stand_in(configuration.target.place, mapping.targets)
    if target is None or mapping is None or checks is None or run.started_at is None:
        raise ConfigurationLost(f"pipeline {run.pipeline} names what is not installed any more")
    return Setup(
        pipeline=run.pipeline,
        configuration=configuration,
        parameters=run.parameters,
        plan=run.plan,
        kind=run.kind,
        started_at=run.started_at,
        target=target,
        mapping=mapping,
        checks=checks,
        conditions=(
            *conditions_of(configuration, run.parameters, run.plan),
            *partitions.conditions_of(bounds, zone=zone_of(configuration)),
        ),
        bounds=bounds,
    )


def conditions_of(
    configuration: Configuration, parameters: Section[str, Any], plan: Section[str, Any]
) -> tuple[Condition, ...]:
    """All have to be met: those of the file, those of the run, and the low bound of the cursor."""
    zone = zone_of(configuration)
    own, _ = read_filters(configuration.source.get("filters", {}), zone=zone, triples=True)
    asked, _ = read_filters(parameters.get("filters") or {}, zone=zone)
    found = [*own, *asked, *_bounds(configuration, parameters)]
    low = read_cursor(plan["low"])
    if low is not None and configuration.cursor_field is not None:
        found.append(Condition(configuration.cursor_field, "gte", low, cursor=True))
    return tuple(found)


def _bounds(configuration: Configuration, parameters: Section[str, Any]) -> list[Condition]:
    field, zone = configuration.cursor_field or USUAL_CURSOR, zone_of(configuration)
    found: list[Condition] = []
    for name, operator in (("since", "gte"), ("until", "lte")):
        if parameters.get(name) is not None:
            moment: date = read_moment_bound(parameters[name], zone=zone)
            found.append(Condition(field, operator, moment))  # type: ignore[arg-type]  # the two words above
    if parameters.get("days") is not None:
        value: Scalar = days_before(int(parameters["days"]))
        found.append(Condition(field, "gte", value))
    return found
