"""A hit is what was kept, a write makes it miss, Redis may do what it likes."""

import threading
import time
import uuid
from typing import Any

import pytest
import redis
import time_machine
from sqlalchemy import select, text

from shared.cache import reading
from shared.cache.reading import KIND, Cache
from shared.cache.store import MARK
from shared.db import Database
from shared.outbox.delivering import Courier
from shared.tenancy import Context
from tests.fixtures.databases import TestDatabase
from tests.shared.cache.conftest import Outbox

QUESTION = ("list", {"limit": 10}, "ada")


def keep(cache: Cache, tenant_id: uuid.UUID, value: Any, *nouns: str, question: Any = QUESTION) -> None:
    cache.keep(cache.look(tenant_id, nouns or ("order",), question), value, seconds=300)


def state(cache: Cache, tenant_id: uuid.UUID, *nouns: str, question: Any = QUESTION) -> str:
    return cache.look(tenant_id, nouns or ("order",), question).state


def test_what_was_kept_is_found_with_its_age(cache: Cache, tenant_id: uuid.UUID) -> None:
    with time_machine.travel(1_000_000, tick=False) as clock:
        assert state(cache, tenant_id) == "miss"
        keep(cache, tenant_id, {"results": [1, 2]})
        clock.shift(7)
        found = cache.look(tenant_id, ["order"], QUESTION)
    assert (found.state, found.value, found.age_seconds) == ("hit", {"results": [1, 2]}, 7)


def test_null_is_a_value(cache: Cache, tenant_id: uuid.UUID) -> None:
    keep(cache, tenant_id, None)
    found = cache.look(tenant_id, ["order"], QUESTION)
    assert (found.state, found.value) == ("hit", None)


def test_questions_and_tenants_do_not_meet(cache: Cache, tenant_id: uuid.UUID) -> None:
    keep(cache, tenant_id, 1)
    assert state(cache, tenant_id, question=("list", {"limit": 11}, "ada")) == "miss"
    assert state(cache, tenant_id, question=("list", {"limit": 10}, "bob")) == "miss"
    assert state(cache, uuid.uuid4()) == "miss"


def test_a_write_makes_what_it_concerns_unfindable_for_its_tenant_only(
    cache: Cache, db: Database, context: Context, tenant_id: uuid.UUID
) -> None:
    other = uuid.uuid4()
    keep(cache, tenant_id, 1, "order", "ticket")
    keep(cache, tenant_id, 2, "ticket", question="tickets")
    keep(cache, other, 3, "order")
    with db.transaction(context) as session:
        cache.changed(session, "order", "order:7")
        assert state(cache, tenant_id, "order", "ticket") == "hit"  # not before the commit
    assert state(cache, tenant_id, "order", "ticket") == "miss"
    assert state(cache, tenant_id, "ticket", question="tickets") == "hit"
    assert state(cache, other, "order") == "hit"


def test_a_write_that_is_undone_changes_nothing(
    cache: Cache, db: Database, context: Context, tenant_id: uuid.UUID
) -> None:
    keep(cache, tenant_id, 1)
    with pytest.raises(ZeroDivisionError), db.transaction(context) as session:
        with session.begin_nested():
            cache.changed(session, "order")
        raise ZeroDivisionError
    assert state(cache, tenant_id) == "hit"


def test_an_old_answer_never_outlives_a_write(
    cache: Cache, db: Database, context: Context, tenant_id: uuid.UUID
) -> None:
    """Whoever looked before the commit, or while it went on, keeps nothing that is found after it."""
    before = cache.look(tenant_id, ["order"], QUESTION)
    with db.transaction(context) as session:
        cache.changed(session, "order")
        session.flush()
        during = cache.look(tenant_id, ["order"], QUESTION)
    for lookup in (before, during):
        cache.keep(lookup, "old", seconds=300)
        assert state(cache, tenant_id) == "miss"


def test_between_the_mark_and_the_renewal_nothing_is_read_or_kept(
    cache: Cache, db: Database, context: Context, tenant_id: uuid.UUID, client: "redis.Redis"
) -> None:
    keep(cache, tenant_id, "old")
    with db.transaction(context) as session:
        cache.mark(session, ["order"])
        session.info["after_commit"].clear()  # the process dies after its commit
    marked = cache.look(tenant_id, ["order"], QUESTION)
    assert marked.state == "bypass"
    cache.keep(marked, "old", seconds=300)
    (key,) = [key for key in client.scan_iter(f"*{tenant_id}:token:order")]
    assert client.get(key) == MARK.encode()
    assert 0 < client.ttl(key) <= 30
    client.delete(key)  # as that time will
    assert state(cache, tenant_id) == "miss"


def test_tokens_and_entries_may_be_lost(cache: Cache, tenant_id: uuid.UUID, client: "redis.Redis") -> None:
    keep(cache, tenant_id, 1)
    client.delete(*client.scan_iter(f"*{tenant_id}:token:*"))
    assert state(cache, tenant_id) == "miss"
    keep(cache, tenant_id, 2)
    client.delete(*client.scan_iter(f"*{tenant_id}:entry:*"))
    assert state(cache, tenant_id) == "miss"


def test_a_damaged_entry_is_a_miss_and_removed(cache: Cache, tenant_id: uuid.UUID, client: "redis.Redis") -> None:
    keep(cache, tenant_id, list(range(1000)))
    (key,) = client.scan_iter(f"*{tenant_id}:entry:*")
    client.set(key, bytes(client.get(key) or b"")[:-5])  # type: ignore[arg-type]
    assert state(cache, tenant_id) == "miss"
    assert client.get(key) is None


def test_redis_away_is_a_miss_and_a_letter(
    db: Database,
    context: Context,
    tenant_id: uuid.UUID,
    client: "redis.Redis",
    away: "redis.Redis",
    cached_database: TestDatabase,
) -> None:
    name = f"c{uuid.uuid4().hex[:8]}"
    reader = Cache(client, service="sample", name=name, outbox=Outbox)
    writer = Cache(away, service="sample", name=name, outbox=Outbox)
    keep(reader, tenant_id, "old")
    assert writer.through(tenant_id, ["order"], QUESTION, lambda: "computed", seconds=300)[0] == "computed"
    assert writer.look(tenant_id, ["order"], QUESTION).state == "bypass"
    with db.transaction(context) as session:
        writer.changed(session, "order")
        headers = session.info
    assert headers["answer_headers"] == {"X-Cache-Invalidation": "deferred"}
    with db.transaction(context) as session:
        (letter,) = session.scalars(select(Outbox)).all()
    assert (letter.kind, letter.target, letter.payload) == (KIND, name, {"nouns": ["order"]})

    for cache, status in ((writer, "pending"), (reader, "delivered")):
        courier = Courier("sample", Outbox, {KIND: cache.send}, relay_url=cached_database.relay_url)
        courier.deliver()
        courier.close()
        with db.transaction(context) as session:
            session.execute(text("update outbox set next_attempt_at = created_at where status = 'pending'"))
            assert session.scalars(select(Outbox.status)).all() == [status]
    assert state(reader, tenant_id) == "miss"


def test_a_redis_that_fails_is_left_alone_for_a_while(tenant_id: uuid.UUID, away: "redis.Redis") -> None:
    cache = Cache(away, service="sample", name="gone")
    asked: list[str] = []
    mget = away.mget
    away.mget = lambda *args: asked.append("x") or mget(*args)  # type: ignore[method-assign,func-returns-value]
    for _ in range(20):
        assert state(cache, tenant_id) == "bypass"
    assert len(asked) == 3


def test_a_renewal_that_failed_is_repeated(
    db: Database, context: Context, cache: Cache, tenant_id: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(cache, tenant_id, "old")
    store = cache._store
    with db.transaction(context) as session:
        cache.changed(session, "order")
        session.flush()
        whole, calls = store._set, []

        def fails_once(values: Any, seconds: int) -> bool:
            calls.append(1)
            if len(calls) == 2:
                raise redis.ConnectionError
            return whole(values, seconds)

        monkeypatch.setattr(store, "_set", fails_once)
    assert len(calls) == 2
    found = cache.look(tenant_id, ["order"], QUESTION)
    assert (found.state, len(calls)) == ("miss", 3)


def test_one_computes_and_the_others_wait(cache: Cache, tenant_id: uuid.UUID) -> None:
    computed: list[int] = []

    def compute() -> str:
        computed.append(1)
        time.sleep(0.1)
        return "answer"

    answers: list[Any] = []
    ready = threading.Barrier(6)

    def ask() -> None:
        ready.wait()
        answers.append(cache.through(tenant_id, ["order"], QUESTION, compute, seconds=300)[0])

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["answer"] * 6
    assert len(computed) < 6


def test_who_waited_long_enough_computes(cache: Cache, tenant_id: uuid.UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "WAIT_SECONDS", 0.05)
    missed = cache.look(tenant_id, ["order"], QUESTION)
    assert cache._store.lock(f"{missed.key}:busy", milliseconds=5000)
    value, found = cache.through(tenant_id, ["order"], QUESTION, lambda: "own", seconds=300)
    assert (value, found.state) == ("own", "miss")


def test_what_failed_is_not_kept(cache: Cache, tenant_id: uuid.UUID) -> None:
    with pytest.raises(ZeroDivisionError):
        cache.through(tenant_id, ["order"], QUESTION, lambda: 1 // 0, seconds=300)
    assert cache.through(tenant_id, ["order"], QUESTION, lambda: 1, seconds=300)[1].state == "miss"


def test_the_local_copy_needs_no_redis_and_ends_with_a_write_of_its_process(
    client: "redis.Redis", db: Database, context: Context, tenant_id: uuid.UUID
) -> None:
    cache = Cache(client, service="sample", name=f"c{uuid.uuid4().hex[:8]}", local_seconds=60)
    keep(cache, tenant_id, 1)
    assert state(cache, tenant_id) == "hit"
    client.delete(*client.scan_iter(f"*{tenant_id}:entry:*"))
    assert state(cache, tenant_id) == "hit"
    with db.transaction(context) as session:
        cache.changed(session, "order")
    assert state(cache, tenant_id) == "miss"


def test_statistics_are_of_the_last_day_and_of_the_tenant(cache: Cache, tenant_id: uuid.UUID) -> None:
    unused = cache.statistics(tenant_id)
    assert (unused.requests, unused.hit_rate) == (0, 0.0)
    with time_machine.travel(1_700_000_000, tick=False) as clock:
        keep(cache, tenant_id, 1)
        for _ in range(3):
            state(cache, tenant_id)
        found = cache.statistics(tenant_id)
        assert (found.hits, found.misses, found.requests, found.hit_rate) == (3, 1, 4, 0.75)
        assert cache.statistics(uuid.uuid4()).requests == 0
        clock.shift(23 * 3600)
        assert cache.statistics(tenant_id).requests == 4
        clock.shift(3600)
        assert cache.statistics(tenant_id).requests == 0


def test_a_look_is_one_round_trip(cache: Cache, tenant_id: uuid.UUID, client: "redis.Redis") -> None:
    keep(cache, tenant_id, 1, "a", "b", "c")
    cache.statistics(tenant_id)  # what is counted goes along with the next look
    sent: list[Any] = []
    execute: Any = client.execute_command

    def note(*arguments: Any, **options: Any) -> Any:
        sent.append(arguments[0])
        return execute(*arguments, **options)

    client.execute_command = note  # type: ignore[method-assign]
    assert state(cache, tenant_id, "a", "b", "c") == "hit"
    assert sent == ["MGET"]
