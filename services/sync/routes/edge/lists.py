"""Promotions and the reference lists, page by page."""

import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import flask
from flask_smorest import Blueprint

from services.sync.operations.edges.checking import standing_for
from services.sync.operations.edges.contacts import Told, log_call
from services.sync.operations.edges.serving import Page, page_of
from services.sync.operations.edges.states import PROMOTIONS
from services.sync.queries.compiling import bodies_of
from services.sync.queries.edges.lists import LISTS, EdgeList
from services.sync.queries.edges.standing import Standing
from services.sync.routes.edge import answers, calls, known
from services.sync.routes.edge.counting import note
from services.sync.routes.edge.documents import documented
from shared.access import requires
from shared.current import current_session

blueprint = Blueprint("edge_lists", __name__, description="What stores fetch: full, as a difference, or since a time.")
SCHEMA_VERSION = "1"


def _serve(listed: EdgeList | None) -> flask.Response:
    sent, session = calls.given(), current_session()
    calls.demand_presence(sent, listed.needs if listed else "store")
    company_id, call = calls.read_call(sent)
    name = listed.name if listed else PROMOTIONS
    standing = standing_for(session, company_id=company_id, store_id=call.store_id, brand_id=call.brand_id, listed=name)
    calls.count_call(call.store_id)
    page = page_of(session, call, listed, standing, calls.present())
    rest = answers.dumped(_members(page, listed, call.store_id, sent))
    tag = answers.tag_of(rest, *(entry.checksum.encode() for entry in page.entries))
    if answers.is_known(tag):
        response, size = answers.not_modified(tag), 0
    else:
        body = answers.with_items(name, _items(page, listed, call.store_id), rest)
        compress = page.state.settings.get("enable_compression", True)
        response, size = answers.signed(body, tag, page.standing, compress=compress), len(body)
    told = _told(page, call.store_id, name, response.status_code, size)
    note(mode=page.mode)
    log_call(session, told)
    known.remember(response, tag, told, page.standing.time_zone, page.state.today)
    return response


def _items(page: Page, listed: EdgeList | None, store_id: uuid.UUID | None) -> list[str]:
    bodies = bodies_of(current_session(), [entry.checksum for entry in page.entries])
    items = [bodies[entry.checksum] for entry in page.entries]
    if listed is not None and listed.name == "products":
        # The same products serve all stores of a brand; only the answer names the store.
        items = [f'{item[:-1]},"store_id":"{store_id}"}}' for item in items]
    return items


def _members(page: Page, listed: EdgeList | None, store_id: uuid.UUID | None, sent: calls.Given) -> dict[str, Any]:
    standing = page.standing
    members: dict[str, Any] = {
        "deleted_ids": page.deleted_ids,
        "sync_timestamp": page.built_at,
        "total": len(page.entries),
        "total_available": page.total_available,
        "filter": {
            "company_id": standing.company.tenant_id,
            "brand_id": standing.brand.id if standing.brand is not None else None,
            "store_id": store_id,
        },
        "store": _store(standing),
        "mode": page.mode,
        "full_required": page.full_required,
        "has_more": page.next_cursor is not None,
        "next_cursor": page.next_cursor,
        "next": page.next_cursor and _address(page.next_cursor, sent),
        "cursor": page.cursor,
        "checksum": page.checksum,
    }
    if listed is None:
        told = ("strategy", "future_days", "past_days", "max_promotions")
        members["settings"] = {name: page.state.settings[name] for name in told}
        members |= {"errors": page.errors, "schema_version": SCHEMA_VERSION}
    return members


def _store(standing: Standing) -> dict[str, Any] | None:
    store = standing.store
    return None if store is None else {"id": store.id, "code": store.store_code, "name": store.store_name}


def _address(cursor: str, sent: calls.Given) -> str:
    """The address of the next page, for GET, whichever way this one was asked for."""
    names = ("company_id", "store_id", "brand_id", "limit")
    kept = [(name, str(sent[name])) for name in names if sent.get(name) not in (None, "")]
    return f"{flask.request.base_url}?{urlencode([*kept, ('cursor', cursor)])}"


def _told(page: Page, store_id: uuid.UUID | None, name: str, status: int, size: int) -> Told:
    is_held = name == PROMOTIONS and page.is_held
    return Told(
        store_id=store_id,
        endpoint=name,
        status=status,
        mode=page.mode,
        version=page.state.version,
        sent=len(page.entries),
        deleted=len(page.deleted_ids),
        bytes=size,
        seconds=answers.seconds(),
        manifest=page.state.manifest if is_held else None,
        forced=page.standing.forced if is_held else None,
    )


def _view(listed: EdgeList | None) -> Callable[[], flask.Response]:
    @requires("edge.read")
    def view() -> flask.Response:
        return _serve(listed)

    return view


for _each in (None, *LISTS):
    _path = _each.path if _each else PROMOTIONS
    documented(blueprint, f"/edge/{_path}", _view(_each), listed=_each)
