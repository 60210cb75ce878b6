"""The layers of the settings: what a person and the workspace state, and what counts for a run in the end."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, Text, cast, func, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from services.propagation.domain import settings
from services.propagation.domain.inheritance import DIMENSION_PREFIX, Kind, Rule, RuleMap, rule_for
from services.propagation.domain.settings import (
    RULES,
    Effective,
    Fault,
    Layer,
    RunOptions,
    effective,
    faults,
    rule_faults,
    run_options,
)
from services.propagation.errors import SettingsExist
from services.propagation.models import AuditEvent, Dimension, UserSettings, Workspace
from services.propagation.operations.entry import standing_of
from shared import editing
from shared.auditing.models import EventType
from shared.auditing.writing import Entry, record_rows
from shared.errors import AlreadyExists, FieldError, Invalid, NotFound
from shared.tenancy import context_of, tenant_of

Stated = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EffectiveSettings:
    """Every setting with the layer that it comes from, and the maps of rules, nearest to the request first."""

    values: Mapping[str, Effective]
    rule_maps: tuple[RuleMap, ...]

    @property
    def options(self) -> RunOptions:
        return run_options(self.values)

    def __getitem__(self, name: str) -> Any:
        return self.values[name].value

    def rule_for(self, kind: Kind, *, dimension_name: str | None = None) -> Rule:
        return rule_for(kind, self.rule_maps, dimension_name=dimension_name)

    def shown(self) -> dict[str, dict[str, Any]]:
        """Each setting, its value and its layer, for a body or the metadata of a job."""
        return {name: {"value": one.value, "layer": str(one.layer)} for name, one in self.values.items()}


def effective_settings(
    session: Session, service_layer: Mapping[str, Any], request: Mapping[str, Any] | None = None
) -> EffectiveSettings:
    """What counts for this caller: the request's options over the person's, the workspace's and the service's.

    Needs one statement; the workspace was read when the caller entered.
    """
    row = own_row(session)
    return layered(service_layer, standing_of(session).settings, row.settings if row else None, request)


def unwanted_ends(session: Session) -> frozenset[str]:
    """The ends of runs that the caller does not want to hear of."""
    row = own_row(session)
    return settings.unwanted_ends((row.settings if row else {}).get("notification_preferences") or {})


def layered(
    service: Stated, workspace: Stated | None, user: Stated | None, request: Stated | None = None
) -> EffectiveSettings:
    layers = {Layer.SERVICE: service, Layer.WORKSPACE: workspace, Layer.USER: user, Layer.REQUEST: request}
    nearest_first = [layers[layer] for layer in reversed(Layer)]
    maps = tuple(layer[RULES] for layer in nearest_first if layer and layer.get(RULES))
    return EffectiveSettings(effective(layers), maps)


def demand_rules(session: Session, rules: Any, *, pointer: str = "") -> None:
    """Raises Invalid for a map of rules in a request with an unknown key, dimension or word.

    `pointer` leads to the object that holds the map.
    """
    names = _names_of_dimensions(session, [rules])
    _refuse(rule_faults(rules, dimension_names=names), pointer)


def own_row(session: Session) -> UserSettings | None:
    """The caller's own row; the system has none."""
    actor = context_of(session).actor
    if actor is None:
        return None
    own = select(UserSettings).where(UserSettings.tenant_id == tenant_of(session), UserSettings.user_id == actor)
    return session.scalars(own).one_or_none()


def demand_own(session: Session, row_id: int) -> UserSettings:
    """Another person's row answers like a missing one."""
    row = session.get(UserSettings, (tenant_of(session), row_id))
    if row is None or row.user_id != context_of(session).actor:
        raise NotFound("There are no such settings.")
    return row


def create(session: Session, stated: Stated) -> UserSettings:
    """The caller's row. Raises SettingsExist for the second one."""
    _demand_valid(session, Layer.USER, stated)
    context = context_of(session)
    values = {"user_id": context.actor, "user_name": context.actor_name, "settings": _without_nulls(stated)}
    try:
        return editing.create(session, UserSettings, values)
    except AlreadyExists as exists:
        raise SettingsExist("You have settings already; change or replace them.") from exists


def replace(session: Session, row: UserSettings, stated: Stated) -> None:
    _demand_valid(session, Layer.USER, stated)
    editing.change(session, row, {"settings": _without_nulls(stated)})


def merge(session: Session, row: UserSettings, stated: Stated) -> None:
    """Key by key; null removes a key."""
    _demand_valid(session, Layer.USER, stated)
    editing.change(session, row, {"settings": _without_nulls({**row.settings, **stated})})


def delete(session: Session, row: UserSettings) -> None:
    editing.delete(session, row)


def put_own(session: Session, stated: Stated) -> UserSettings:
    """Creates or replaces the caller's row; whoever creates it meanwhile is replaced too."""
    row = own_row(session)
    if row is None:
        try:
            with session.begin_nested():
                return create(session, stated)
        except SettingsExist:
            row = own_row(session)
    assert row is not None  # there, or created by somebody else
    replace(session, row, stated)
    return row


def merge_workspace(session: Session, workspace: Workspace, stated: Stated) -> None:
    _demand_valid(session, Layer.WORKSPACE, stated)
    editing.change(session, workspace, {"settings": _without_nulls({**workspace.settings, **stated})})


def rename_dimension(session: Session, old: str, new: str) -> None:
    """Rules that name a dimension go on naming it, in the layer of the workspace and in everybody's own."""
    before, after = f"{DIMENSION_PREFIX}{old}", f"{DIMENSION_PREFIX}{new}"
    workspace = session.get_one(Workspace, tenant_of(session))
    rules: dict[str, Any] = workspace.settings.get(RULES) or {}
    if before in rules:
        renamed = {after if key == before else key: rule for key, rule in rules.items() if key != after}
        editing.change(session, workspace, {"settings": workspace.settings | {RULES: renamed}})
    held = UserSettings.settings[RULES]
    concerned = (UserSettings.tenant_id == tenant_of(session), held.has_key(before))
    named = held.op("-", return_type=JSONB())(before).concat(func.jsonb_build_object(after, held[before]))
    changed = func.jsonb_set(UserSettings.settings, cast([RULES], ARRAY(Text)), named)
    source = select(UserSettings.id, UserSettings.settings, changed.label("changed")).where(*concerned).subquery()
    entry = Entry("user_settings.updated", "user_settings", event_type=EventType.UPDATED)
    changes = func.jsonb_build_object("settings", func.jsonb_build_array(source.c.settings, source.c.changed))
    session.execute(record_rows(session, AuditEvent, entry, source=source, entity_id=source.c.id, changes=changes))
    row = update(UserSettings).where(*concerned).values(settings=changed, version=UserSettings.version + 1)
    session.execute(row.execution_options(synchronize_session=False))


def _demand_valid(session: Session, layer: Layer, stated: Stated) -> None:
    names = _names_of_dimensions(session, [stated.get(RULES)])
    _refuse(faults(layer, stated, dimension_names=names), "/settings")


def _refuse(found: Iterable[Fault], pointer: str) -> None:
    errors = [FieldError(f"{pointer}{fault.pointer}", fault.code, fault.message) for fault in found]
    if errors:
        raise Invalid("These settings are not possible.", errors=errors)


def _names_of_dimensions(session: Session, maps: Iterable[Any]) -> set[str]:
    """Those names in the keys that really are names of dimensions."""
    keys = [key for rules in maps if isinstance(rules, Mapping) for key in rules if isinstance(key, str)]
    asked = [key.removeprefix(DIMENSION_PREFIX) for key in keys if key.startswith(DIMENSION_PREFIX)]
    if not asked:
        return set()
    known = select(Dimension.name).where(Dimension.tenant_id == tenant_of(session), Dimension.name.in_(asked))
    return set(session.scalars(known))


def _without_nulls(stated: Stated) -> dict[str, Any]:
    return {name: value for name, value in stated.items() if value is not None}
