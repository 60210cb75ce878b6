"""One page of a list for a store: all of it, the difference to what the store holds, or what changed since a time."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from services.sync.domain.promotions.canonical import instant
from services.sync.domain.promotions.manifests import Entry, checksum_of, difference
from services.sync.domain.promotions.places import Held, Mode, Place, Underway, read, written
from services.sync.operations.edges.refusals import InvalidCursor, InvalidLimit
from services.sync.operations.edges.since import everything_changed, touched
from services.sync.operations.edges.states import PROMOTIONS, present_state
from services.sync.operations.entry import settings_of
from services.sync.queries.edges.lists import EdgeList
from services.sync.queries.edges.manifests import Wanted, entries_of, given_entries, keep
from services.sync.queries.edges.standing import Standing, State
from shared.cursors import Cursors
from shared.errors import Invalid
from shared.tenancy import tenant_of

MAX_LIMIT: Final = 5000
KEPT_FOR: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Call:
    """What an edge asks for, with its form checked."""

    store_id: uuid.UUID | None = None
    brand_id: uuid.UUID | None = None
    cursor: str | None = None
    since: datetime | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """What is answered. `entries` are the things of this page in order; `cursor` and `next_cursor` as the edge gets
    them. `is_held`: after this page the edge holds `state`, and not one that was built before it."""

    mode: Mode
    state: State
    standing: Standing
    entries: list[Entry]
    deleted_ids: list[str]
    errors: list[dict[str, Any]]
    checksum: str
    built_at: str
    total_available: int
    is_held: bool
    full_required: bool = False
    next_cursor: str | None = None
    cursor: str | None = None


@dataclass(slots=True)
class _Sync:
    """A sync as it stands before a page of it is cut out: from which state to which, and what is sent on the way."""

    mode: Mode
    target: str
    base: str = ""
    pages: str = ""
    offset: int = 0
    built_at: str = ""
    full_required: bool = False
    entries: list[Entry] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    whole: list[Entry] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)


class _Reader:
    """Serves one call."""

    def __init__(self, session: Session, call: Call, listed: EdgeList | None, now: datetime) -> None:
        self.session, self.call, self.listed, self.now = session, call, listed, now

    def page(self, standing: Standing) -> Page:
        standing, state = present_state(self.session, standing, self.listed, self.now)
        cursors = _cursors(self.session, self.call, self.listed)
        sync = self._sync(standing, state, self._place(cursors))
        return self._cut(sync, standing, state, cursors, self._limit(state))

    def _limit(self, state: State) -> int | None:
        """Everything in one page where a list sets no limit. Raises InvalidLimit."""
        most: int = state.settings["max_promotions"] if self.listed is None else MAX_LIMIT
        if self.call.limit is not None and not 1 <= self.call.limit <= most:
            raise InvalidLimit(f"The limit is 1 to {most}.")
        return self.call.limit or (most if self.listed is None else None)

    def _place(self, cursors: Cursors) -> Place | None:
        if not self.call.cursor:
            return None
        try:
            _backwards, parts = cursors.read(self.call.cursor)
            return read(parts or [])
        except (Invalid, ValueError) as failure:
            raise InvalidCursor from failure

    def _sync(self, standing: Standing, state: State, place: Place | None) -> _Sync:
        match place:
            case Underway() if place.epoch == standing.forced:
                return self._went_on(place) or self._full(state, forced=True)
            case Held() if place.epoch == standing.forced:
                return self._delta(state, place.manifest) or self._full(state, forced=True)
            case Underway() | Held():
                return self._full(state, forced=True)
        if self.call.since is not None:
            return self._since(standing, state, self.call.since)
        return self._full(state)

    def _full(self, state: State, *, forced: bool = False) -> _Sync:
        entries, errors = self._known(state.manifest)
        sync = _Sync("full", state.manifest, built_at=instant(state.built_at), full_required=forced)
        sync.entries, sync.whole, sync.errors = entries, entries, errors
        return sync

    def _delta(self, state: State, base: str) -> _Sync | None:
        sync = _Sync("delta", state.manifest, base=base, built_at=instant(state.built_at))
        if base == state.manifest:
            return sync
        return self._differ(sync)

    def _differ(self, sync: _Sync) -> _Sync | None:
        known = entries_of(self.session, [sync.base, sync.target])
        if not known.keys() >= {sync.base, sync.target}:
            return None
        sync.whole, sync.errors = known[sync.target]
        found = difference(known[sync.base][0], sync.whole)
        sync.entries, sync.deleted = found.present, found.gone
        return sync

    def _since(self, standing: Standing, state: State, since: datetime) -> _Sync:
        if since > self.now:
            return _Sync("since", state.manifest, built_at=instant(state.built_at))
        if self.now - since > KEPT_FOR or everything_changed(self.session, standing, since):
            return self._full(state, forced=True)
        changed = touched(self.session, standing, state, self.listed, since)
        whole, errors = self._known(state.manifest)
        sync = _Sync("since", state.manifest, built_at=instant(state.built_at), whole=whole, errors=errors)
        sync.entries = [entry for entry in whole if entry.id in changed]
        sync.deleted = sorted(changed - {entry.id for entry in whole})
        return sync

    def _went_on(self, place: Underway) -> _Sync | None:
        """The sync that an earlier page began, as it was then; None where that is no longer known."""
        sync = _Sync(place.mode, place.target, place.base, place.pages, place.offset, place.built_at)
        if place.mode == "delta":
            return self._differ(sync)
        known = entries_of(self.session, [place.target, place.pages])
        if not known.keys() >= {place.target, place.pages}:
            return None
        sync.whole, sync.errors = known[place.target]
        sync.entries = known[place.pages][0]
        return sync

    def _cut(self, sync: _Sync, standing: Standing, state: State, cursors: Cursors, limit: int | None) -> Page:
        end = len(sync.entries) if limit is None else sync.offset + limit
        entries, first = sync.entries[sync.offset : end], sync.offset == 0
        has_more = end < len(sync.entries)
        epoch = standing.forced
        following = None
        if has_more:
            pages = sync.pages or self._pages(sync)
            following = Underway(sync.mode, sync.target, sync.base, pages, end, epoch, sync.built_at)
        on_page = {entry.id for entry in entries}
        whole = {entry.id for entry in sync.whole}
        told = [
            error
            for error in sync.errors
            if error["promotion_id"] in on_page or (first and error["promotion_id"] not in whole)
        ]
        return Page(
            mode=sync.mode,
            state=state,
            standing=standing,
            entries=entries,
            deleted_ids=sync.deleted if first else [],
            errors=told,
            checksum=self._checksum(sync, state),
            built_at=sync.built_at,
            total_available=len(sync.entries),
            is_held=not has_more and sync.target == state.manifest,
            full_required=sync.full_required and first,
            next_cursor=cursors.write(written(following)) if following else None,
            cursor=None if has_more else cursors.write(written(Held(sync.target, epoch))),
        )

    def _pages(self, sync: _Sync) -> str:
        """What is sent page by page must be known until the last page, whatever changes meanwhile."""
        if sync.mode != "since":
            return sync.target
        (made,) = keep(self.session, given_entries(sync.entries), [Wanted()])
        return made.digest

    def _checksum(self, sync: _Sync, state: State) -> str:
        if sync.target == state.manifest:
            return state.checksum
        return checksum_of(sync.whole)

    def _known(self, digest: str) -> tuple[list[Entry], list[dict[str, Any]]]:
        return entries_of(self.session, [digest])[digest]


def page_of(session: Session, call: Call, listed: EdgeList | None, standing: Standing, now: datetime) -> Page:
    """The page that a call is answered with. Raises InvalidCursor, Busy."""
    return _Reader(session, call, listed, now).page(standing)


def _cursors(session: Session, call: Call, listed: EdgeList | None) -> Cursors:
    """Cursors are good for the store, brand and list that they were asked for with. A store that moves to another
    brand keeps its own: what that changes is a difference like any other."""
    name = listed.name if listed else PROMOTIONS
    scope = f"edge\n{tenant_of(session)}\n{call.store_id or ''}\n{call.brand_id or ''}\n{name}"
    return Cursors(settings_of(session).signing_key, scope=scope)
