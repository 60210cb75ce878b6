"""What items come to that name a string instead of a detail: a detail that it lacks, a custom field, another parent,
values to send down or to take from above, a name to be made again."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.propagation.domain.failures import ErrorType, Failure
from services.propagation.domain.generation import NO_RULE, required_missing
from services.propagation.domain.inheritance import Rule
from services.propagation.domain.values import EMPTY, Above, Detail, Key, Value, plain
from services.propagation.domain.wave import Entry, Scope, Update, UpdateKind
from services.propagation.models import Detail as Row
from services.propagation.models import String
from services.propagation.models.structure import DimensionValue
from services.propagation.operations.choices import Choice, resolve_choices
from services.propagation.operations.runs import placing
from services.propagation.operations.runs.placing import Named, invalid
from services.propagation.operations.runs.request import Item, ItemKind, RunRequest
from services.propagation.queries.walk import Ancestor, nearest
from shared.tenancy import tenant_of

OF_DETAILS = (ItemKind.CHOOSE, ItemKind.REMOVE, ItemKind.RESET)
MAX_CUSTOM_FIELDS = 50
_KEEPING = (Rule.NEVER, Rule.IF_EMPTY)


@dataclass
class Wanted:
    """What the items of a request that name strings come to, as far as it can be said without the rules."""

    items: list[Item] = field(default_factory=list)
    strings: Mapping[int, Named] = field(default_factory=dict)
    chosen: Mapping[int, Value] = field(default_factory=dict)
    places: Mapping[int, Mapping[Key, Above]] = field(default_factory=dict)
    refused: dict[int, Failure] = field(default_factory=dict)
    is_retry: bool = False

    @property
    def keys(self) -> set[Key]:
        """The keys on the move; a string that moves brings all of its own and meets all of its new place."""
        named = {item.key for item in self.items if item.key is not None}
        moved = [self.strings[item.string_id] for item in self.items if item.string_id in self.places]
        return named.union(*(string.details for string in moved), *self.places.values())

    @property
    def regenerate(self) -> dict[int, int]:
        """Strings whose name is made again, by item."""
        kept = (item for item in self.items if item.kind == ItemKind.REGENERATE)
        return {item.index: item.string_id for item in kept if item.index not in self.refused}

    def updates(self, chains: Mapping[int, Collection[Ancestor]], scope: Scope) -> list[Update]:
        """May refuse further items."""
        found: list[Update] = []
        for item in self.items:
            if item.index in self.refused:
                continue
            string = self.strings[item.string_id]
            match item.kind:
                case ItemKind.MOVE:
                    found += self._made_own(item, string, scope)
                case ItemKind.RESEND:
                    found.append(_resent(item, string))
                case ItemKind.SET | ItemKind.ADD:
                    found += self._set(item, string, chains.get(string.id, ()), scope)
        return found

    def entries(self, chains: Mapping[int, Collection[Ancestor]]) -> list[Entry]:
        moves = [
            Entry(item.index, item.string_id, item.parent_id, self.places[item.string_id])
            for item in self.items
            if item.kind == ItemKind.MOVE and item.index not in self.refused
        ]
        entering: dict[int, list[Item]] = {}
        for item in self.items:
            if item.kind == ItemKind.ENTER and item.index not in self.refused:
                entering.setdefault(item.string_id, []).append(item)
        return moves + [
            Entry(
                items[0].index,
                string_id,
                self.strings[string_id].parent_id,
                _found_above(chains.get(string_id, ()), [item.key for item in items if item.key is not None]),
                is_move=False,
            )
            for string_id, items in entering.items()
        ]

    def _set(self, item: Item, string: Named, chain: Collection[Ancestor], scope: Scope) -> list[Update]:
        assert item.key is not None
        value, stored = self.chosen.get(item.index, EMPTY), string.details.get(item.key)
        if item.kind == ItemKind.SET and value.is_empty and stored is None:
            return []
        if self.is_retry and stored is not None and stored.value == value:
            return [_resent(item, string)]
        if item.kind == ItemKind.ADD and stored is not None:
            message = f"The string {string.id} has a detail for the dimension {item.key} already."
            self.refused[item.index] = Failure(ErrorType.CONFLICT, "already_exists", message)
            return []
        parts = scope.levels.get((string.rule_id, string.field_id), NO_RULE).parts
        required = [part for part in parts if part.dimension_id == item.key and part.is_required]
        if required and value.is_empty:
            self.refused[item.index] = required_missing(required[0])
            return []
        place = self.places.get(string.id)
        above = nearest(chain, item.key) if place is None else place.get(item.key)
        return [Update(item.index, string.id, item.key, value, UpdateKind.CHOOSE, item.own, above)]

    def _made_own(self, item: Item, string: Named, scope: Scope) -> list[Update]:
        """Inherited values that stay although nothing above the new place gives them are chosen from now on."""
        set_too = {other.key for other in self.items if other.string_id == string.id}
        place = self.places[string.id]
        return [
            Update(item.index, string.id, key, detail.value, UpdateKind.CHOOSE, own=True)
            for key, detail in string.details.items()
            if key not in set_too and detail.is_inherited and _stays(detail, place.get(key), scope.rules[key])
        ]


def read(session: Session, request: RunRequest) -> Wanted:
    items = [item for item in request.items if item.kind not in OF_DETAILS]
    if not items:
        return Wanted()
    strings = _named(session, {item.string_id for item in items})
    wanted = Wanted(items, strings, is_retry=request.retry_of is not None)
    for item in items:
        if item.string_id not in strings:
            wanted.refused[item.index] = invalid("not_found", f"There is no string {item.string_id}.")
        elif item.kind == ItemKind.RESEND and item.key not in strings[item.string_id].details:
            message = f"The string {item.string_id} has no detail for {item.key!r}."
            wanted.refused[item.index] = invalid("not_found", message)
        elif (problem := _outdated(request, item, strings[item.string_id]) or _impossible(item)) is not None:
            wanted.refused[item.index] = problem
    wanted.items = [item for item in items if item.string_id in strings]
    wanted.chosen = _chosen(session, wanted)
    moves = [item for item in wanted.items if item.kind == ItemKind.MOVE and item.index not in wanted.refused]
    wanted.places, misplaced = placing.places(session, moves, {item.index: strings[item.string_id] for item in moves})
    wanted.refused |= misplaced
    return wanted


def _outdated(request: RunRequest, item: Item, string: Named) -> Failure | None:
    if item.kind != ItemKind.SEEN or item.version in (None, string.version):
        return None
    if request.is_accepted:
        message = f"The string {string.id} was changed after the request was accepted."
        return Failure(ErrorType.CONFLICT, "changed_since", message)
    message = f"The string {string.id} has version {string.version}, not {item.version}."
    return Failure(ErrorType.CONFLICT, "version_conflict", message)


def _impossible(item: Item) -> Failure | None:
    return invalid(*item.value) if item.kind == ItemKind.IMPOSSIBLE else None


def _chosen(session: Session, wanted: Wanted) -> dict[int, Value]:
    added = [item for item in wanted.items if item.kind == ItemKind.ADD]
    choices = [Choice(int(item.key or 0), item.value_id, item.text) for item in added]
    found = {item.index: plain(item.value) for item in wanted.items if item.kind == ItemKind.SET}
    for item, value in zip(added, resolve_choices(session, choices), strict=True):
        if isinstance(value, Failure):
            wanted.refused.setdefault(item.index, value)
        else:
            found[item.index] = value
    _demand_few(wanted)
    return found


def _demand_few(wanted: Wanted) -> None:
    """A string has at most 50 custom fields, those that it has already included."""
    for string in wanted.strings.values():
        own = [item for item in wanted.items if item.kind == ItemKind.SET and item.string_id == string.id]
        names = {key for key in string.details if isinstance(key, str)}
        names = (names | {str(item.key) for item in own if item.value is not None}) - {
            str(item.key) for item in own if item.value is None
        }
        if own and len(names) > MAX_CUSTOM_FIELDS:
            message = f"A string has at most {MAX_CUSTOM_FIELDS} custom fields."
            wanted.refused.setdefault(own[0].index, invalid("too_many", message))


def _stays(detail: Detail, above: Above | None, rule: Rule) -> bool:
    """Whether an inherited value is kept without being the one of the new place."""
    if above is None:
        return True
    if above.value.effective == detail.value.effective:
        return False
    return rule is Rule.NEVER or (rule in _KEEPING and not detail.value.is_empty)


def _resent(item: Item, string: Named) -> Update:
    assert item.key is not None
    return Update(item.index, string.id, item.key, string.details[item.key].value, UpdateKind.RESEND)


def _found_above(chain: Collection[Ancestor], keys: Collection[Key]) -> dict[Key, Above]:
    found = {key: nearest(chain, key) for key in keys}
    return {key: above for key, above in found.items() if above is not None}


def _named(session: Session, ids: Collection[int]) -> dict[int, Named]:
    listed = (DimensionValue.tenant_id == Row.tenant_id) & (DimensionValue.id == Row.dimension_value_id)
    rows = session.execute(
        select(String, Row, DimensionValue.value)
        .outerjoin(Row, (Row.tenant_id == String.tenant_id) & (Row.string_id == String.id))
        .outerjoin(DimensionValue, listed)
        .where(String.tenant_id == tenant_of(session), String.id.in_(ids))
        .execution_options(populate_existing=True)
    )
    found: dict[int, Named] = {}
    for string, row, name in rows:
        named = found.get(string.id)
        if named is None:
            named = found[string.id] = _as_named(string)
        if row is not None:
            text = row.dimension_value_freetext
            value = Value(row.dimension_value_id, text, name if row.dimension_value_id is not None else text)
            named.details[row.dimension_id] = Detail(value, row.is_inherited, row.source_string_id, row.version)
    return found


def _as_named(string: String) -> Named:
    sources = string.custom_field_sources
    custom: dict[Key, Detail] = {
        key: Detail(plain(value), key in sources, sources.get(key)) for key, value in string.custom_fields.items()
    }
    return Named(
        string.id, string.value, string.version, string.parent_id, string.field_id, string.rule_id, details=custom
    )
