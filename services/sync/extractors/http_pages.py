"""Pages out of answers of an HTTP interface, whatever its paging."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx2

from services.sync.domain.filters.conditions import Condition
from services.sync.domain.pages import Page, Position
from services.sync.domain.partitions import MOST, shared_out
from services.sync.errors import BadResponse, PagingStuck
from services.sync.extractors.asking import Asker, told
from services.sync.extractors.records import decoded, may_hold_nul, record_list, same_keys, sorted_out
from services.sync.extractors.sources import Source, number_of
from services.sync.extractors.world import World
from shared.outbound_guard import Fetched


@dataclass(frozen=True, slots=True)
class Call:
    """A request for one page."""

    method: str
    url: str
    headers: Mapping[str, str]
    content: bytes | None = None


class HttpPages(Source):
    """A subclass says how a page is asked for and where the next one begins."""

    def __init__(self, world: World, asker: Asker, *, records: str, page_size: int | None) -> None:
        super().__init__(world)
        self.traffic = asker.traffic
        self._asker, self._records, self.page_size = asker, records, page_size

    def __exit__(self, *_failure: object) -> None:
        self._asker.close()

    def first(self) -> Position:
        """Where the source begins; without its number."""
        raise NotImplementedError

    def call(self, position: Position, conditions: Sequence[Condition], size: int | None) -> Call:
        raise NotImplementedError

    def following(
        self, position: Position, body: Any, answer: Fetched, *, count: int, size: int | None
    ) -> Position | None:
        """Where the next page begins; None at the end, which an empty page always is."""
        raise NotImplementedError

    def rows_before(self, _position: Position) -> int | None:
        """How many rows lie before a place, where places are counted in rows."""
        return None

    def total(self, _body: Any) -> int | None:
        """How many rows there are, where an answer tells."""
        return None

    def divide(self, _by: str, count: int | None, conditions: Sequence[Condition]) -> list[dict[str, Any]]:
        """Ranges of whole pages; the last one is open, because the source may grow."""
        start: Position = {**self.first(), "number": 1}
        call = self.call(start, conditions, self.page_size)
        total = self.total(_json(self._asker.ask(call.method, call.url, call.headers, call.content), call.url))
        if total is None or self.page_size is None or self.rows_before(start) is None:
            return []
        edges = [group[0] for group in shared_out(range(0, total, self.page_size), min(count or MOST, MOST))]
        return [{"part": {"from": low, "to": high}} for low, high in zip(edges, [*edges[1:], None], strict=True)]

    def cut(self, size: int | None, left: int | None, _position: Position) -> int | None:
        """The size to ask for where every row counts and `left` are wanted at most."""
        return size if size is None or left is None else min(size, left)

    def read(self, start: Position | None, conditions: Sequence[Condition], limit: int | None) -> Iterator[Page]:
        """Raises PagingStuck for a page that repeats the position or all keys of the page before it."""
        position: Position = start or {**self.first(), "number": 1}
        before: int | None = None
        left = limit
        while True:
            size = self.page_size if conditions else self.cut(self.page_size, left, position)
            call = self.call(position, conditions, size)
            answer = self._asker.ask(call.method, call.url, call.headers, call.content)
            body = _json(answer, call.url)
            found = record_list(body, self._records)
            mark = same_keys(found, self.world.key)
            if found and mark == before:
                raise PagingStuck(f"The source gives the same page again ({told(call.url)}).")
            before = mark
            page = self._page(position, body, answer, found, size)
            yield page
            if page.next is None:
                return
            left = None if left is None else left - len(found)
            position = page.next

    def _page(self, position: Position, body: Any, answer: Fetched, found: list[Any], size: int | None) -> Page:
        number = number_of(position)
        rows, bad, places = sorted_out(found, number=number, check_nul=may_hold_nul(answer.content))
        after = self.following(position, body, answer, count=len(found), size=size) if found else None
        if after is not None and self._is_behind(after):
            after = None
        if after is not None and _without_number(after) == _without_number(position):
            raise PagingStuck("The next page of the source is the same page.")
        following = None if after is None else {**after, "number": number + 1}
        return Page(rows, bad, position, following, number, places)

    def _is_behind(self, position: Position) -> bool:
        """Whether it lies behind the part that is to be read."""
        end, before = self.world.part.get("to"), self.rows_before(position)
        return end is not None and before is not None and before >= end


def _json(answer: Fetched, url: str) -> Any:
    try:
        return decoded(answer.content)
    except ValueError:
        kind = answer.headers.get("Content-Type", "no type")[:80]
        raise BadResponse(f"The answer to {told(url)} is no JSON ({kind}).") from None


def _without_number(position: Position) -> Position:
    return {name: value for name, value in position.items() if name != "number"}


def with_params(url: str, params: Mapping[str, Any]) -> str:
    """The URL with these query parameters set, every value percent-encoded."""
    return str(httpx2.URL(url).copy_merge_params({name: _text(value) for name, value in params.items()}))


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def below(base: str, path: str) -> str:
    return f"{base.rstrip('/')}/{path.lstrip('/')}"
