"""Requests from what callers send."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from services.workflow.domain.search.entities import ENTITIES, MODULES, OUTSIDE
from services.workflow.domain.search.query import parse
from services.workflow.operations.search.request import Request


def request_of(body: Mapping[str, Any]) -> Request:
    """A loaded body of `POST search`, its cursor not looked at."""
    return Request(
        typed=body["query"],
        query=parse(body["query"], fuzzy=body.get("fuzzy", True)),
        now=datetime.now(UTC),
        entities=in_order(body.get("entities") or ENTITIES),
        conditions={name: conditions for name, conditions in (body.get("filters") or {}).items() if conditions},
        limit=body.get("limit", 20),
        page=body.get("page", 1),
    )


def unified_request(args: Mapping[str, Any]) -> Request:
    """Loaded arguments of the unified search: filters hold for all modules alike."""
    entities = in_order([entity for module in args["modules"] or MODULES for entity in MODULES[module]])
    common = {"state": args["status"], "priority": args["priority"]}
    conditions = {name: value for name, value in common.items() if value}
    return Request(
        typed=args["q"],
        query=parse(args["q"]),
        now=datetime.now(UTC),
        entities=entities,
        conditions={entity: conditions | _dates(entity, args) for entity in entities},
        limit=args["limit"],
        scheme="unified",
    )


def in_order(entities: Sequence[str]) -> tuple[str, ...]:
    """Each once, in one order: how they were listed makes no other question."""
    return tuple(entity for entity in ENTITIES if entity in entities)


def material(request: Request) -> list[object]:
    """All that the answer depends on but the caller; filters that mean the same are the same."""
    canonical = {
        entity: {name: sorted(value) if isinstance(value, list) else value for name, value in conditions.items()}
        for entity, conditions in request.conditions.items()
        if entity in request.entities
    }
    words = [(one.word, one.typos, one.is_prefix) for one in request.query.words]
    place = [request.limit, request.page, request.after, request.now if request.after else None]
    return [request.scheme, request.query.text, words, request.query.left_out, request.entities, canonical, *place]


def _dates(entity: str, args: Mapping[str, Any]) -> dict[str, str]:
    column = "updated" if entity in OUTSIDE else "created"
    ends = {f"{column}_from": args.get("date_from"), f"{column}_to": args.get("date_to")}
    return {name: value for name, value in ends.items() if value}
