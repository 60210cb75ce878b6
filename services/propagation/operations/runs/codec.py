"""Updates and flows as JSON, so that a chunk of a run can go on in another process exactly where the last one ended."""

from collections.abc import Iterable, Mapping
from typing import Any

from services.propagation.domain.flow import Fate, Flow
from services.propagation.domain.inheritance import Rule
from services.propagation.domain.values import Above, Detail, Key, Value
from services.propagation.domain.wave import Entry, Update, UpdateKind


def detail_key(key: Key) -> str:
    """Dimensions by id, custom fields by name behind a dot, so that the two cannot meet."""
    return str(key) if isinstance(key, int) else f".{key}"


def key_of(text: str) -> Key:
    return text[1:] if text.startswith(".") else int(text)


def pack_detail(detail: Detail | None) -> list[Any] | None:
    return None if detail is None else [*detail.value, detail.is_inherited, detail.source_id, detail.version]


def unpack_detail(packed: list[Any] | None) -> Detail | None:
    return None if packed is None else Detail(Value(*packed[:3]), *packed[3:])


def pack_update(update: Update) -> dict[str, Any]:
    above = update.above
    return {
        "index": update.index,
        "string_id": update.string_id,
        "key": detail_key(update.key),
        "value": list(update.value),
        "kind": str(update.kind),
        "own": update.own,
        "above": [above.string_id, list(above.value), above.source_id] if above else None,
        "restored": pack_detail(update.restored),
    }


def unpack_update(packed: Mapping[str, Any]) -> Update:
    above = packed["above"]
    return Update(
        packed["index"],
        packed["string_id"],
        key_of(packed["key"]),
        Value(*packed["value"]),
        UpdateKind(packed["kind"]),
        packed["own"],
        Above(above[0], Value(*above[1]), above[2]) if above else None,
        unpack_detail(packed["restored"]),
    )


def pack_entry(entry: Entry) -> dict[str, Any]:
    above = {detail_key(key): [one.string_id, list(one.value), one.source_id] for key, one in entry.above.items()}
    return {
        "index": entry.index,
        "string_id": entry.string_id,
        "parent_id": entry.parent_id,
        "above": above,
        "is_move": entry.is_move,
    }


def unpack_entry(packed: Mapping[str, Any]) -> Entry:
    above = {key_of(key): Above(one[0], Value(*one[1]), one[2]) for key, one in packed["above"].items()}
    return Entry(packed["index"], packed["string_id"], packed["parent_id"], above, packed["is_move"])


class FlowTable:
    """Flows by number: thousands of frontier strings share a handful of them."""

    def __init__(self) -> None:
        self.packed: list[dict[str, Any]] = []
        self._numbers: dict[int, int] = {}
        self._kept: list[Flow] = []  # keeps the ids in `_numbers` from being used again

    def numbers(self, flows: Iterable[Flow]) -> list[int]:
        return [self._number(flow) for flow in flows]

    def _number(self, flow: Flow) -> int:
        known = self._numbers.get(id(flow))
        if known is not None:
            return known
        onward = -1 if flow.onward is flow else self._number(flow.onward)
        number = self._numbers[id(flow)] = len(self.packed)
        self._kept.append(flow)
        self.packed.append(
            {
                "key": detail_key(flow.key),
                "rule": str(flow.rule),
                "arrival": pack_detail(flow.arrival),
                "updates": flow.updates,
                "origin": [flow.origin_id, flow.origin_level],
                "fate": flow.fate.name,
                "stopped_by": flow.stopped_by,
                "onward": onward,
            }
        )
        return number


def unpack_flows(packed: Iterable[Mapping[str, Any]]) -> list[Flow]:
    """In the order of their numbers; what goes on below another stands before it."""
    flows: list[Flow] = []
    for item in packed:
        arrival = unpack_detail(item["arrival"])
        assert arrival is not None  # a flow always arrives as something
        key: Key = key_of(item["key"])
        flow = Flow(
            key,
            Rule(item["rule"]),
            arrival=arrival,
            updates=tuple(item["updates"]),
            origin_id=item["origin"][0],
            origin_level=item["origin"][1],
            fate=Fate[item["fate"]],
        )
        flow.stopped_by = item["stopped_by"]
        if item["onward"] >= 0:
            flow.onward = flows[item["onward"]]
        flows.append(flow)
    return flows
