"""Many strings changed as one run: values by the names of dimensions, custom fields, another parent."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.orm import Session

from services.propagation.operations.details import confirm
from services.propagation.operations.runs.preparing import Prepared, prepare
from services.propagation.operations.runs.request import Environment, Item, ItemKind, RunRequest
from services.propagation.operations.runs.running import Result, execute, preview
from services.propagation.operations.runs.tally import Tally
from services.propagation.operations.strings import batch_answers
from services.propagation.operations.strings.batch_answers import Answer
from services.propagation.queries.batches import Standing, standings
from services.propagation.queries.strings import ByName, by_name
from shared.errors import FieldError, Invalid

UNCHANGED = object()


@dataclass(frozen=True, slots=True)
class StringUpdate:
    """What is wanted of one string: texts by name of dimension (None = empty), custom fields (None takes one away),
    a parent (None = none), all only where the string is still at `version`, if that is given."""

    string_id: int
    values: Mapping[str, str | None] = field(default_factory=dict)
    custom_fields: Mapping[str, Any] = field(default_factory=dict)
    parent: object = UNCHANGED
    version: int | None = None

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "StringUpdate":
        return cls(
            body["string_id"],
            body.get("values") or {},
            body.get("custom_fields") or {},
            body.get("parent", UNCHANGED),
            body.get("version"),
        )


def analyze(
    session: Session, updates: Sequence[StringUpdate], options: dict[str, Any], environment: Environment
) -> Answer:
    """What these updates would change and what would stop them. Raises Invalid where a string is unknown."""
    prepared, tally = rehearse(session, updates, options, environment)
    unknown = [index for index in range(len(updates)) if index not in prepared.targets]
    if unknown:
        errors = [
            FieldError(f"/updates/{index}/string_id", "not_found", "There is no such string.") for index in unknown
        ]
        raise Invalid("There is no such string.", code="not_found", errors=errors)
    return batch_answers.impact_of(session, prepared, tally, environment)


def batch(
    session: Session,
    updates: Sequence[StringUpdate],
    options: dict[str, Any],
    environment: Environment,
    *,
    asked: Sequence[Mapping[str, Any]],
) -> tuple[Answer, int, Result]:
    """Many strings as one run: the answer, its status, and what came of it. `asked` is how the call words them."""
    request = batch_request(session, updates, options)
    request = confirm(session, request, options.get("confirm_token"), environment)
    result = execute(session, request, environment)
    if result.outcome is None:
        return batch_answers.pending(session, result, asked), 202, result
    status = {"completed": 200, "partial_failure": 207, "failed": 409}[str(result.outcome.status)]
    return batch_answers.done(session, result, asked), status, result


def dry_run(
    session: Session,
    updates: Sequence[StringUpdate],
    options: dict[str, Any],
    environment: Environment,
    *,
    asked: Sequence[Mapping[str, Any]],
) -> Answer:
    prepared, tally = rehearse(session, updates, options, environment)
    return batch_answers.rehearsed(session, prepared, tally, asked, environment)


def rehearse(
    session: Session, updates: Sequence[StringUpdate], options: dict[str, Any], environment: Environment
) -> tuple[Prepared, Tally]:
    """The plan of a batch, nothing written."""
    prepared = prepare(session, batch_request(session, updates, options), environment)
    return prepared, preview(session, prepared, environment)


def batch_request(session: Session, updates: Sequence[StringUpdate], options: dict[str, Any]) -> RunRequest:
    """The items of each update, which stand or fall together; its own number is the index of the first. Three
    statements."""
    standing = standings(session, {update.string_id for update in updates})
    texts = {text for update in updates for text in update.values.values() if text}
    known = by_name(session, {name for update in updates for name in update.values}, texts)
    items: list[Item] = []
    later: list[Item] = []
    for number, update in enumerate(updates):
        items.append(
            Item(number, kind=ItemKind.SEEN, string_id=update.string_id, version=update.version, update=number)
        )
        if update.string_id in standing:
            later += _items(number, update, standing[update.string_id], known)
    numbered = [replace(item, index=index) for index, item in enumerate(later, start=len(updates))]
    return RunRequest("batch_update", (*items, *numbered), options, direct_type="batch_update")


def _items(number: int, update: StringUpdate, string: Standing, known: ByName) -> Iterator[Item]:
    for name, text in update.values.items():
        yield from _of_value(number, update.string_id, name, text, string, known)
    for key, value in update.custom_fields.items():
        yield Item(0, kind=ItemKind.SET, string_id=update.string_id, key=key, value=value, update=number)
    if update.parent is not UNCHANGED and update.parent != string.parent_id:
        parent_id = update.parent if isinstance(update.parent, int) else None
        yield Item(0, kind=ItemKind.MOVE, string_id=update.string_id, parent_id=parent_id, update=number)


def _of_value(
    number: int, string_id: int, name: str, text: str | None, string: Standing, known: ByName
) -> Iterator[Item]:
    dimension = known.dimensions.get(name)
    if dimension is None:
        yield _impossible(number, string_id, f"There is no dimension {name!r}.")
        return
    value_id = None
    if dimension.type == "list" and text:
        value_id, text = known.values.get((dimension.id, text)), None
        if value_id is None:
            yield _impossible(number, string_id, f"The dimension {name!r} has no such value.")
            return
    detail_id = string.details.get(dimension.id)
    if detail_id is not None:
        yield Item(0, detail_id, value_id, text, update=number)
    elif value_id is not None or text:  # emptying what is not there is no change
        yield Item(
            0, value_id=value_id, text=text, kind=ItemKind.ADD, string_id=string_id, key=dimension.id, update=number
        )


def _impossible(number: int, string_id: int, message: str) -> Item:
    return Item(0, kind=ItemKind.IMPOSSIBLE, string_id=string_id, value=["not_found", message], update=number)
