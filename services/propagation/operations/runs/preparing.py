"""From a request to what the planner needs: settings, rules, checked updates, and where they stand in the tree."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.propagation.domain.failures import ErrorType, Failure
from services.propagation.domain.inheritance import Kind, Rule, rule_for
from services.propagation.domain.settings import Effective, Layer, RunOptions, effective, run_options
from services.propagation.domain.values import EMPTY, Above, Key, Value
from services.propagation.domain.wave import Entry, Scope, Update, UpdateKind
from services.propagation.errors import CircularDependency
from services.propagation.models import Detail, Dimension, DimensionValue, String, UserSettings
from services.propagation.operations.choices import Choice, resolve_choices
from services.propagation.operations.entry import standing_of
from services.propagation.operations.runs import wanting
from services.propagation.operations.runs.placing import Named
from services.propagation.operations.runs.request import Environment, Item, ItemKind, RunRequest
from services.propagation.operations.runs.walking import Walk, grouped
from services.propagation.queries import walk as rows
from shared.tenancy import context_of, tenant_of

RULES = "field_propagation_rules"


@dataclass(frozen=True, slots=True)
class Target:
    """The detail that an item names, as it is stored, and the name of its string."""

    item: Item
    string_id: int
    name: str
    dimension_id: int
    value: Value
    version: int


@dataclass
class Prepared:
    """A request made ready for the planner. `refused` are the updates that fail by their own check."""

    request: RunRequest
    settings: Mapping[str, Effective]
    options: RunOptions
    scope: Scope
    targets: Mapping[int, Target]
    updates: list[Update]
    refused: dict[int, Failure]
    chains: Mapping[int, list[rows.Ancestor]] = field(default_factory=dict)
    entries: Sequence[Entry] = ()
    regenerate: Mapping[int, int] = field(default_factory=dict)
    unwritable: Mapping[int, Failure] = field(default_factory=dict)
    is_careful: bool = False

    @property
    def keys(self) -> Collection[int | str]:
        return self.scope.rules.keys()

    def refuse_all(self, failure: Failure) -> None:
        """Lets every update fail, whatever it was by itself."""
        self.refused = {item.index: failure for item in self.request.items}
        self.updates, self.entries, self.regenerate = [], (), {}

    def walk(self, keeps: Callable[[int], bool] | None = None) -> Walk:
        """The walk for the updates that are kept, from the topmost strings that they name."""
        updates = grouped([update for update in self.updates if keeps is None or keeps(update.index)])
        entries = {entry.string_id: entry for entry in self.entries if keeps is None or keeps(entry.index)}
        again = {string_id for index, string_id in self.regenerate.items() if keeps is None or keeps(index)}
        named = updates.keys() | entries.keys() | again
        spine: set[int] = set()
        roots = []
        for string_id in named:
            chain = [ancestor.id for ancestor in self.chains.get(string_id, ())]
            above = [position for position, ancestor_id in enumerate(chain) if ancestor_id in named]
            if above:
                spine.update(chain[: above[-1] + 1])
            else:
                roots.append(string_id)
        return Walk(self.scope, updates, entries, roots=roots, spine=spine, regenerate=again, refused=self.unwritable)


def prepare(session: Session, request: RunRequest, environment: Environment) -> Prepared:
    """Raises CircularDependency if a named string stands in a cycle of stored data (batches: that update fails)."""
    settings = settings_for(session, environment, request.options)
    targets, refused = _targets(session, request)
    chosen = _choices(session, targets, refused)
    keys: set[Key] = {target.dimension_id for target in targets.values()}
    wanted = wanting.read(session, request)
    targets |= {item.index: _target(item, wanted.strings[item.string_id]) for item in wanted.items}
    refused |= wanted.refused
    keys |= wanted.keys
    chains = rows.ancestors(session, {target.string_id for target in targets.values()}, keys) if targets else {}
    _refuse_cycles(request, targets, refused, chains)
    options = run_options(settings)
    if request.is_forced:
        options = replace(options, propagate=True)
    scope = Scope(
        levels=rows.rule_levels(session),
        rules=rules_for(session, environment, request.options, keys),
        max_depth=options.max_depth,
        propagate=options.propagate,
        regenerate=options.regenerate,
        dependencies=rows.dependencies(session, keys),
    )
    _refuse_resets(targets, refused, chains)
    updates = [
        Update(
            index,
            target.string_id,
            target.dimension_id,
            chosen[index],
            _kind(request, target, rows.nearest(chains.get(target.string_id, ()), target.dimension_id)),
            target.item.own,
            rows.nearest(chains.get(target.string_id, ()), target.dimension_id),
        )
        for index, target in targets.items()
        if index not in refused and target.item.kind in wanting.OF_DETAILS
    ]
    updates += wanted.updates(chains, scope)
    refused |= wanted.refused
    entries = wanted.entries(chains)
    prepared = Prepared(
        request, settings, options, scope, targets, updates, refused, chains, entries, wanted.regenerate
    )
    _join(prepared)
    return prepared


def _join(prepared: Prepared) -> None:
    """Makes one update of the items that stand or fall together, under the index of the first; the first that is
    refused speaks for them."""
    first = {item.index: item.update for item in prepared.request.items if item.update is not None}
    if not first:
        return
    prepared.refused = {first.get(index, index): prepared.refused[index] for index in sorted(prepared.refused)[::-1]}
    prepared.updates = [
        replace(update, index=first.get(update.index, update.index))
        for update in prepared.updates
        if first.get(update.index, update.index) not in prepared.refused
    ]
    prepared.entries = [
        replace(entry, index=first.get(entry.index, entry.index))
        for entry in prepared.entries
        if first.get(entry.index, entry.index) not in prepared.refused
    ]


def _target(item: Item, string: Named) -> Target:
    dimension_id = item.key if isinstance(item.key, int) else 0
    return Target(item, string.id, string.name, dimension_id, EMPTY, string.version)


def _kind(request: RunRequest, target: Target, above: Above | None) -> UpdateKind:
    """What is stored already as it is wanted is only sent down when a run is tried again."""
    if request.retry_of is not None:
        taken = target.item.kind == ItemKind.RESET and above is not None and above.value == target.value
        if taken or (target.item.kind == ItemKind.CHOOSE and _is_wanted(target.item, target.value)):
            return UpdateKind.RESEND
    return UpdateKind(target.item.kind)


def _refuse_resets(
    targets: Mapping[int, Target], refused: dict[int, Failure], chains: Mapping[int, list[rows.Ancestor]]
) -> None:
    for index, target in targets.items():
        above = rows.nearest(chains.get(target.string_id, ()), target.dimension_id)
        if target.item.kind == ItemKind.RESET and above is None:
            message = f"No string above {target.string_id} has the dimension, so there is nothing to take."
            refused.setdefault(index, Failure(ErrorType.CONFLICT, "nothing_above", message))


def settings_for(session: Session, environment: Environment, request: Mapping[str, Any]) -> dict[str, Effective]:
    return effective(
        {
            Layer.SERVICE: environment.service_layer,
            Layer.WORKSPACE: standing_of(session).settings,
            Layer.USER: user_layer(session),
            Layer.REQUEST: request,
        }
    )


def user_layer(session: Session) -> dict[str, Any]:
    own = select(UserSettings.settings).where(
        UserSettings.tenant_id == tenant_of(session), UserSettings.user_id == context_of(session).actor
    )
    return session.scalar(own) or {}


def rules_for(
    session: Session, environment: Environment, request: Mapping[str, Any], keys: Collection[int | str]
) -> dict[int | str, Rule]:
    """The rule of inheritance of each key on the move."""
    maps = [
        layer.get(RULES)
        for layer in (request, user_layer(session), standing_of(session).settings, environment.service_layer)
    ]
    layers = [layer if isinstance(layer, Mapping) else None for layer in maps]
    dimensions = session.execute(
        select(Dimension.id, Dimension.name, Dimension.type).where(
            Dimension.tenant_id == tenant_of(session), Dimension.id.in_([key for key in keys if isinstance(key, int)])
        )
    )
    found: dict[int | str, Rule] = {
        dimension_id: rule_for(Kind.LIST if kind == "list" else Kind.TEXT, layers, dimension_name=name)
        for dimension_id, name, kind in dimensions
    }
    return found | {key: rule_for(Kind.CUSTOM, layers) for key in keys if isinstance(key, str)}


def _targets(session: Session, request: RunRequest) -> tuple[dict[int, Target], dict[int, Failure]]:
    items = [item for item in request.items if item.kind in wanting.OF_DETAILS]
    wanted = [item.detail_id for item in items]
    found = {
        row.id: row
        for row in session.execute(
            select(
                Detail.id,
                Detail.string_id,
                String.value.label("name"),
                Detail.dimension_id,
                Detail.dimension_value_id,
                Detail.dimension_value_freetext,
                DimensionValue.value,
                Detail.version,
            )
            .join(String, (String.tenant_id == Detail.tenant_id) & (String.id == Detail.string_id))
            .outerjoin(
                DimensionValue,
                (DimensionValue.tenant_id == Detail.tenant_id) & (DimensionValue.id == Detail.dimension_value_id),
            )
            .where(Detail.tenant_id == tenant_of(session), Detail.id.in_(wanted))
        )
    }
    targets: dict[int, Target] = {}
    refused: dict[int, Failure] = {}
    for item in items:
        row = found.get(item.detail_id)
        if row is None:
            refused[item.index] = invalid("not_found", f"There is no string detail {item.detail_id}.")
            continue
        effective_value = row.value if row.dimension_value_id is not None else row.dimension_value_freetext
        value = Value(row.dimension_value_id, row.dimension_value_freetext, effective_value)
        targets[item.index] = Target(item, row.string_id, row.name, row.dimension_id, value, row.version)
        is_stored = item.kind == ItemKind.RESET or (item.kind == ItemKind.CHOOSE and _is_wanted(item, value))
        problem = _moved_on(request, item, row.version, is_stored=is_stored)
        if problem:
            refused[item.index] = problem
    return targets, refused


def _is_wanted(item: Item, value: Value) -> bool:
    return (value.value_id, value.text) == (item.value_id, item.text or None)


def _moved_on(request: RunRequest, item: Item, version: int, *, is_stored: bool) -> Failure | None:
    """A detail that was changed after the request was accepted is not overwritten; a retry finds its own value."""
    if request.retry_of and is_stored:
        return None
    if request.seen.get(item.detail_id, version) != version:
        message = f"The detail {item.detail_id} was changed after the request was accepted."
        return Failure(ErrorType.CONFLICT, "changed_since", message)
    if item.version is not None and item.version != version:
        message = f"The detail {item.detail_id} has version {version}, not {item.version}."
        return Failure(ErrorType.CONFLICT, "version_conflict", message)
    return None


def _choices(session: Session, targets: Mapping[int, Target], refused: dict[int, Failure]) -> dict[int, Value]:
    wanted = {
        index: target
        for index, target in targets.items()
        if target.item.is_new_value and target.item.kind == ItemKind.CHOOSE
    }
    chosen = {index: target.value for index, target in targets.items() if index not in wanted}
    found = resolve_choices(
        session,
        [
            Choice(target.dimension_id, target.item.value_id, target.item.text, target.value)
            for target in wanted.values()
        ],
    )
    for index, choice in zip(wanted, found, strict=True):
        if isinstance(choice, Failure):
            refused.setdefault(index, choice)
        else:
            chosen[index] = choice
    return chosen


def _refuse_cycles(
    request: RunRequest,
    targets: Mapping[int, Target],
    refused: dict[int, Failure],
    chains: Mapping[int, list[rows.Ancestor]],
) -> None:
    for index, target in targets.items():
        chain = chains.get(target.string_id, [])
        if not chain or chain[-1].parent_id is None:
            continue
        path = [target.string_id, *(ancestor.id for ancestor in chain)]
        message = f"The strings {path} stand in a circle."
        if request.is_single:
            raise CircularDependency(message, cycle_path=path)
        refused[index] = Failure(ErrorType.CIRCULAR, "circular_dependency", message)


def invalid(code: str, message: str) -> Failure:
    return Failure(ErrorType.VALIDATION, code, message)
