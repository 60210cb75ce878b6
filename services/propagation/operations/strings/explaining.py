"""Where each part of a name comes from: who chose it, which rule let it through or stopped it, since when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from services.propagation.domain.failures import Failure
from services.propagation.domain.generation import NO_RULE, Piece
from services.propagation.domain.inheritance import Kind, RuleMap, ruling_for
from services.propagation.domain.settings import RULES, Layer
from services.propagation.models import Detail, Dimension, String
from services.propagation.operations.entry import standing_of
from services.propagation.operations.runs.codec import detail_key
from services.propagation.operations.runs.preparing import user_layer
from services.propagation.operations.runs.request import Environment
from services.propagation.queries import explain as queries
from services.propagation.queries.explain import LastChange, Source
from services.propagation.queries.strings import dimensions_by_id
from services.propagation.queries.walk import rule_levels

Layers = Sequence[tuple[Layer, RuleMap | None]]


@dataclass(frozen=True, slots=True)
class _Known:
    """What all parts of one explanation are told from."""

    string: String
    details: Mapping[int, Detail]
    dimensions: Mapping[int, Dimension]
    sources: Mapping[int, Source]
    changes: Mapping[str, LastChange]
    layers: Layers


def explain(session: Session, string: String, environment: Environment) -> dict[str, Any]:
    """A loaded string part by part; `generated_value` is what its details give, None where `problem` stops it."""
    level = rule_levels(session).get((string.rule_id, string.field_id), NO_RULE)
    details = {detail.dimension_id: detail for detail in string.details}
    asked = {part.dimension_id for part in level.parts}
    custom_sources = string.custom_field_sources
    above = {detail.source_string_id for detail in string.details if detail.source_string_id is not None}
    known = _Known(
        string,
        details,
        dimensions_by_id(session, asked),
        queries.sources(session, above | set(custom_sources.values())),
        queries.last_changes(session, string.id),
        _layers(session, environment),
    )
    values = [detail.effective_value if (detail := details.get(part.dimension_id)) else None for part in level.parts]
    generated = level.render(values)
    problem = {"code": generated.code, "message": generated.message} if isinstance(generated, Failure) else None
    return {
        "id": string.id,
        "value": string.value,
        "version": string.version,
        "generated_value": None if problem else generated,
        "problem": problem,
        "parts": [_part(piece, known) for piece in level.pieces(values)],
        "custom_fields": [_custom_field(key, value, known) for key, value in sorted(string.custom_fields.items())],
    }


def _layers(session: Session, environment: Environment) -> Layers:
    stated = {
        Layer.USER: user_layer(session),
        Layer.WORKSPACE: standing_of(session).settings,
        Layer.SERVICE: environment.service_layer,
    }
    return [(layer, rules if isinstance(rules := said.get(RULES), Mapping) else None) for layer, said in stated.items()]


def _part(piece: Piece, known: _Known) -> dict[str, Any]:
    part, detail = piece.part, known.details.get(piece.part.dimension_id)
    kind = Kind.LIST if known.dimensions[part.dimension_id].type == "list" else Kind.TEXT
    return {
        "order": part.order,
        "dimension": part.dimension_id,
        "dimension_name": part.dimension_name,
        "effective_value": piece.value,
        "prefix": part.prefix,
        "suffix": part.suffix,
        "delimiter_after": piece.delimiter_after or None,
        "text": piece.text,
        "is_required": part.is_required,
        "rule": _rule(known.layers, kind, part.dimension_name),
        **_origin(detail, known),
        **_last_change(detail_key(part.dimension_id), known, is_held=detail is not None),
    }


def _origin(detail: Detail | None, known: _Known) -> dict[str, Any]:
    """Where the value stands first, and whether that place has moved on since: kept by rule, or not arrived yet."""
    if detail is None:
        return {"origin": "missing", **_SOURCELESS}
    source = known.sources.get(detail.source_string_id or 0)
    if not detail.is_inherited or source is None:
        return {"origin": "inherited" if detail.is_inherited else "own", **_SOURCELESS}
    told = {"origin": "inherited", **_SOURCELESS, "source_string": _shown(source)}
    held = source.held.get(detail.dimension_id)
    if held is None or held.value.effective == detail.effective_value:
        return told
    told["source_value"] = held.value.effective
    now = "is empty" if held.value.is_empty else f"holds {held.value.effective!r}"
    if held.is_pending and known.string.stale_reason is not None:
        return told | {"is_pending": True, "note": f"String {source.id} now {now}; that has not arrived here yet."}
    return told | {
        "is_kept": True,
        "note": f"String {source.id} now {now}; the rule kept the value that it gave before.",
    }


_SOURCELESS: dict[str, Any] = {
    "source_string": None,
    "source_value": None,
    "is_kept": False,
    "is_pending": False,
    "note": None,
}


def _custom_field(key: str, value: object, known: _Known) -> dict[str, Any]:
    source = known.sources.get(known.string.custom_field_sources.get(key, 0))
    moved_on = source is not None and source.custom_fields.get(key) != value
    return {
        "key": key,
        "value": value,
        "origin": "own" if source is None else "inherited",
        "source_string": _shown(source) if source else None,
        "is_kept": moved_on,
        "rule": _rule(known.layers, Kind.CUSTOM, None),
        **_last_change(detail_key(key), known, is_held=True),
    }


def _shown(source: Source) -> dict[str, Any]:
    return {"id": source.id, "value": source.value, "level": source.level}


def _rule(layers: Layers, kind: Kind, dimension_name: str | None) -> dict[str, Any]:
    """What the service does without any answer is its own layer's."""
    ruling = ruling_for(kind, [rules for _layer, rules in layers], dimension_name=dimension_name)
    layer = Layer.SERVICE if ruling.layer is None else layers[ruling.layer][0]
    return {"name": str(ruling.rule), "layer": str(layer), "key": ruling.key}


def _last_change(key: str, known: _Known, *, is_held: bool) -> dict[str, Any]:
    """By the last version that touched it, else by whoever made the string."""
    change = known.changes.get(key)
    if change is not None:
        return change._asdict()
    string = known.string
    return LastChange(string.created_at, string.created_by, None)._asdict() if is_held else dict(_UNTOUCHED)


_UNTOUCHED = {"changed_at": None, "changed_by": None, "job": None}
