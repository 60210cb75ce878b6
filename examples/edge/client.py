"""One store's edge: uploads what was used, asks what is new, believes nothing unproved, goes on where it stopped."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from examples.edge.proofs import NotBelieved, check_promotion, check_signature, checksum_of, key_of
from examples.edge.storage import Storage

USES_AT_ONCE = 1000


@dataclass(frozen=True)
class Answer:
    """`body` is decompressed; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def content(self) -> Any:
        return json.loads(self.body)


class Send(Protocol):
    """Carries one call to head office, or raises OSError. `path` is below `edge/`."""

    def __call__(
        self, method: str, path: str, *, query: Mapping[str, str], body: Any = None, headers: Mapping[str, str]
    ) -> Answer: ...


class Refused(Exception):
    """Head office answered with an error."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(f"{status} {code}: {text}")
        self.status, self.code = status, code


class Edge:
    def __init__(
        self, storage: Storage, send: Send, *, company_id: str, store_id: str, limit: int | None = None
    ) -> None:
        """`limit` is how many promotions come with one page; head office's own number unless given."""
        self.storage = storage
        self._send = send
        self._who = {"company_id": company_id, "store_id": store_id}
        self._limit = {} if limit is None else {"limit": str(limit)}
        self._keys: dict[str, str] = {}

    def use(self, promotion_id: str, bill_id: str, discount_amount: str, used_at: str) -> None:
        """Notes a use at the till; it is reported with the next sync."""
        store_id = self._who["store_id"]
        use = {"promotion_id": promotion_id, "bill_id": bill_id, "discount_amount": discount_amount}
        with self.storage as storage:
            storage.note_use(use | {"used_at": used_at, "store_id": store_id})

    def sync(self) -> bool:
        """Uploads, then fetches; returns whether anything was new. Safe to repeat, and to interrupt anywhere."""
        self._upload()
        is_new, is_left_over = False, self.storage.fact("next_cursor") is not None
        while (page := self._next_page()) is not None:
            if page["has_more"]:
                self._stage(page)
                continue
            is_new = self._finish(page) or is_new
            if not is_left_over:
                break
            # What an earlier sync had begun is finished as it was then; head office may have moved on since.
            is_left_over = False
        return is_new

    def _upload(self) -> None:
        """What was used goes first: it is money. A repeat after a lost answer counts once at head office."""
        while rows := self.storage.uses(USES_AT_ONCE):
            answer = self._call("POST", "usage", body={"usages": [use for _number, use in rows]}, expected=(200, 207))
            for error in answer.content()["errors"]:
                print(f"a use was refused: {error['code']} {error['error']}")
            with self.storage as storage:
                storage.forget_uses(number for number, _use in rows)

    def _next_page(self) -> Any:
        """The next page of a sync under way, else the first of a new one; None where there is nothing new."""
        query, headers = dict(self._who) | self._limit, {}
        cursor = self.storage.fact("next_cursor") or self.storage.fact("cursor")
        if cursor is not None:
            query["cursor"] = cursor
        tag = self.storage.fact("tag")
        if tag is not None and self.storage.fact("next_cursor") is None:
            headers["If-None-Match"] = tag
        answer = self._call("GET", "promotions", query=query, headers=headers, expected=(200, 304))
        if answer.status == 304:
            return None
        self._check(answer)
        page = answer.content()
        page["tag"] = answer.headers["etag"]
        for promotion in page["promotions"]:
            check_promotion(promotion)
        return page

    def _stage(self, page: Any) -> None:
        with self.storage as storage:
            self._lay_aside(storage, page)
            storage.remember(next_cursor=page["next_cursor"], tag=None)

    def _lay_aside(self, storage: Storage, page: Any) -> None:
        if page["full_required"] or storage.fact("next_cursor") is None:
            storage.unstage()
        storage.stage(page["promotions"], page["deleted_ids"], offset=storage.staged())

    def _finish(self, page: Any) -> bool:
        """The last page: all of it counts at once, or none of it."""
        with self.storage as storage:
            before = sorted(storage.held())
            self._lay_aside(storage, page)
            storage.apply(replace=page["mode"] == "full")
            if checksum_of(storage.held()) != page["checksum"]:
                raise NotBelieved("what is held after this sync is not what it should be")
            is_new = sorted(storage.held()) != before
            # The tag is good for the same question only: what was asked with another cursor is another answer.
            is_same = storage.fact("next_cursor") is None and storage.fact("cursor") == page["cursor"]
            storage.remember(cursor=page["cursor"], next_cursor=None, tag=page["tag"] if is_same else None)
        return is_new

    def start_afresh(self) -> None:
        """Forgets where it stands; the next sync fetches everything."""
        with self.storage as storage:
            storage.unstage()
            storage.remember(cursor=None, next_cursor=None, tag=None)

    def _check(self, answer: Answer) -> None:
        signature = answer.headers.get("x-sync-signature", "")
        if key_of(signature) not in self._keys:
            keys = self._call("GET", "keys", query=self._who).content()["keys"]
            self._keys = {key["key_id"]: key["public_key"] for key in keys}
        check_signature(signature, answer.body, store_id=self._who["store_id"], keys=self._keys)

    def _call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        expected: tuple[int, ...] = (200,),
    ) -> Answer:
        answer = self._send(method, path, query=query or {}, body=body, headers=headers or {})
        if answer.status not in expected:
            problem = answer.content()
            raise Refused(answer.status, problem.get("code", "?"), problem.get("detail", ""))
        return answer
