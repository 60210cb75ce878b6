"""What one page of results looks like: texts, the piece that fits, where the words stand, what can be done."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy.orm import Session

from services.workflow.domain.machines.shipped import machines
from services.workflow.domain.search.entities import MACHINES, OWN, PATHS
from services.workflow.domain.search.snippets import highlights, snippet
from services.workflow.queries.search.matches import Match
from services.workflow.queries.search.ranking import Group
from services.workflow.queries.search.texts import Texts, model_of, texts_of
from shared.tenancy import context_of

_PREFIX = "/api/workflow/v1"


def show(session: Session, page: Sequence[Match], groups: Sequence[Group]) -> list[dict[str, Any]]:
    """The shapes of these results, in their order; one statement for each kind of item."""
    texts = _texts(session, page)
    matched = frozenset(one.word for group in groups for one in group)
    permissions = context_of(session).permissions
    return [
        _shape(match, texts[match.entity, match.entity_id], matched, permissions)
        for match in page
        if (match.entity, match.entity_id) in texts
    ]


def _texts(session: Session, page: Sequence[Match]) -> Mapping[tuple[str, int], Texts]:
    def kind(match: Match) -> str:
        return model_of(match.entity).__name__

    return {
        (one.entity, one.entity_id): one
        for _, ones in groupby(sorted(page, key=kind), kind)
        for same in [list(ones)]
        for one in texts_of(session, model_of(same[0].entity), [match.entity_id for match in same])
    }


def _shape(match: Match, texts: Texts, matched: frozenset[str], permissions: frozenset[str]) -> dict[str, Any]:
    piece = snippet(texts.body or texts.subtitle or "", matched)
    shown = {"title": texts.title, "snippet": piece}
    places = [place for field, text in shown.items() for place in highlights(field, text, matched)]
    return {
        "entity": match.entity,
        "id": texts.key,
        "title": texts.title,
        "subtitle": texts.subtitle,
        "snippet": piece,
        "highlights": [{"field": one.field, "offset": one.offset, "length": one.length} for one in places],
        "score": float(match.score),
        "typos": match.typos,
        "metadata": texts.metadata,
        "actions": _actions(match, texts, permissions),
    }


def _actions(match: Match, texts: Texts, permissions: frozenset[str]) -> list[dict[str, Any]]:
    """Opening it, and the edges that lead out of its state for who has their permissions."""
    if match.entity not in OWN:
        return []
    address = f"{_PREFIX}/{PATHS[match.entity]}/{texts.key}"
    actions: list[dict[str, Any]] = [{"label": "Open", "href": address, "method": "GET", "payload": None}]
    for edge in machines()[MACHINES[match.entity]].edges_from(match.state or ""):
        if permissions.issuperset(edge.permissions):
            label, payload = edge.verb.replace("_", " ").capitalize(), {"target_state": edge.target}
            href = f"{address}/transition"
            actions.append({"label": label, "href": href, "method": "POST", "payload": payload})
    return actions
