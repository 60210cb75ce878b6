"""Letters leave once the work is committed: at least once, in order, again when they do not arrive, not for ever."""

import threading
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import NoReturn

import pytest
from sqlalchemy import event, func, select, update

from shared.db import Database
from shared.outbox import delivering
from shared.outbox.delivering import Courier
from shared.outbox.figures import forget_letters, outbox_figures
from shared.outbox.models import OutboxMixin
from shared.outbox.senders import NotDelivered, NotWanted, Undeliverable
from shared.outbox.writing import Letter, post, post_again, post_many
from shared.tenancy import Context
from tests.fixtures.databases import TestDatabase
from tests.shared.outbox.conftest import Posted, Read
from tests.shared.outbox.sample import Job, Outbox, Receiver, courier

MakeDue = Callable[[], None]


def fails(letter: OutboxMixin) -> NoReturn:
    raise NotDelivered("nobody at home")


def test_a_letter_leaves_with_the_commit_and_not_without_it(
    db: Database, context: Context, postman: Courier, receiver: Receiver, posted: Posted, read: Read
) -> None:
    with pytest.raises(ZeroDivisionError), db.transaction(context) as session:
        post(session, Outbox, Letter("test", "undone", "there"))
        raise ZeroDivisionError
    (posted_id,) = posted("done", payload={"a": 1}, ordering_key="k")
    postman.deliver()
    (letter,) = receiver.taken
    assert (letter.id, letter.subject, letter.payload, letter.attempt) == (posted_id, "done", {"a": 1}, 1)
    assert letter.context.correlation_id == context.correlation_id
    stored = read()["done"]
    assert (stored.status, stored.dead_letter, stored.reason) == ("delivered", False, None)
    assert stored.ended_at is not None
    postman.deliver()
    assert len(receiver.taken) == 1


def test_a_failed_letter_waits_longer_each_time(
    postman: Courier, receiver: Receiver, posted: Posted, read: Read, make_due: MakeDue
) -> None:
    receiver.behave = fails
    posted("late")
    pauses = []
    for attempt in (1, 2, 3):
        make_due()
        postman.deliver()
        letter = read()["late"]
        assert (letter.status, letter.reason, letter.attempt) == ("pending", "nobody at home", attempt)
        pauses.append((letter.next_attempt_at - receiver.taken[-1].next_attempt_at).total_seconds() + 60)
    assert 9 < pauses[0] < 17 < pauses[1] < 32 < pauses[2] < 62
    receiver.behave = lambda _letter: None
    make_due()
    postman.deliver()
    assert read()["late"].status == "delivered"


def test_after_three_days_it_has_failed_with_the_last_reason(
    db: Database, context: Context, postman: Courier, receiver: Receiver, posted: Posted, read: Read
) -> None:
    receiver.behave = fails
    posted("lost")
    letter = read()["lost"]
    assert letter.give_up_at - letter.created_at == timedelta(days=3)
    with db.transaction(context) as session:
        session.execute(update(Outbox).values(give_up_at=func.now()))
    postman.deliver()
    letter = read()["lost"]
    assert (letter.status, letter.dead_letter, letter.reason) == ("failed", True, "nobody at home")


@pytest.mark.parametrize(("failure", "status"), [(Undeliverable("no"), "failed"), (NotWanted("off"), "skipped")])
def test_what_cannot_be_delivered_ends_at_once(
    postman: Courier, receiver: Receiver, posted: Posted, read: Read, failure: Exception, status: str
) -> None:
    def end(_letter: OutboxMixin) -> NoReturn:
        raise failure

    receiver.behave = end
    posted("first")
    postman.deliver()
    assert (read()["first"].status, read()["first"].reason) == (status, str(failure))


def test_a_sender_that_breaks_stops_nothing_and_tells_no_text(
    postman: Courier, receiver: Receiver, posted: Posted, read: Read
) -> None:
    receiver.behave = lambda letter: 1 // 0 if letter.target == "here" else None
    posted("broken", target="here")
    posted("whole", target="there")
    postman.deliver()
    assert (read()["broken"].status, read()["broken"].reason) == ("pending", "internal: ZeroDivisionError")
    assert read()["whole"].status == "delivered"


def test_a_kind_without_sender_fails(db: Database, context: Context, postman: Courier, read: Read) -> None:
    with db.transaction(context) as session:
        post(session, Outbox, Letter("pigeon", "strange", "there"))
    postman.deliver()
    assert read()["strange"].reason == "nobody delivers letters of the kind pigeon"


def test_letters_of_one_thing_keep_their_order(
    postman: Courier, receiver: Receiver, posted: Posted, read: Read, make_due: MakeDue
) -> None:
    posted("1", "2", "3", ordering_key="order:7")
    posted("other", ordering_key="order:8")
    receiver.behave = lambda letter: fails(letter) if letter.subject == "1" else None
    postman.deliver()
    # What is behind the one that failed waits with it; the others go past.
    assert receiver.subjects == ["1"]
    letters = read()
    assert letters["2"].next_attempt_at == letters["1"].next_attempt_at
    postman._resting.clear()
    postman.deliver()
    assert receiver.subjects == ["1", "other"]
    receiver.behave = lambda _letter: None
    for _ in range(3):
        make_due()
        postman.deliver()
    assert receiver.subjects == ["1", "other", "1", "2", "3"]


def test_a_failed_head_does_not_block_its_line_for_ever(
    postman: Courier, receiver: Receiver, posted: Posted, read: Read, make_due: MakeDue
) -> None:
    def refuse(letter: OutboxMixin) -> None:
        if letter.subject == "1":
            raise Undeliverable("no")

    receiver.behave = refuse
    posted("1", "2", ordering_key="k")
    postman.deliver()
    postman.deliver()
    assert {name: letter.status for name, letter in read().items()} == {"1": "failed", "2": "delivered"}


def test_a_target_that_fails_rests_while_others_are_served(
    postman: Courier, receiver: Receiver, posted: Posted, read: Read
) -> None:
    receiver.behave = lambda letter: fails(letter) if letter.target == "dead" else None
    posted(*(f"d{number}" for number in range(20)), target="dead")
    posted("alive")
    postman.deliver()
    assert receiver.subjects.count("alive") == 1
    assert len(receiver.taken) == 2  # one try is enough for the other twenty
    untried = [letter for letter in read().values() if letter.target == "dead" and letter.attempt == 0]
    assert len(untried) == 19
    postman.deliver()
    assert len(receiver.taken) == 2


def test_a_slow_target_takes_its_part_of_a_round_only(
    postman: Courier, receiver: Receiver, posted: Posted, monkeypatch: pytest.MonkeyPatch, read: Read
) -> None:
    monkeypatch.setattr(delivering, "ROUND_SECONDS", 0.2)
    receiver.behave = lambda _letter: time.sleep(0.15)
    posted(*(f"s{number}" for number in range(10)))
    postman.deliver()
    statuses = [letter.status for letter in read().values()]
    assert 1 <= statuses.count("delivered") < 10
    assert {letter.attempt for letter in read().values() if letter.status == "pending"} == {0}


def test_two_couriers_do_not_send_the_same_letter(
    letters_database: TestDatabase, receiver: Receiver, posted: Posted
) -> None:
    posted(*map(str, range(60)), ordering_key="k")
    posted(*(f"free{number}" for number in range(200)))
    couriers = [courier(letters_database, receiver) for _ in range(3)]

    def work(one: Courier) -> None:
        while one.deliver():
            pass

    threads = [threading.Thread(target=work, args=(one,)) for one in couriers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while couriers[0].deliver():
        pass
    for one in couriers:
        one.close()
    assert sorted(receiver.subjects) == sorted([*map(str, range(60)), *(f"free{n}" for n in range(200))])
    assert [subject for subject in receiver.subjects if subject.isdigit()] == [*map(str, range(60))]


def test_a_courier_that_died_is_replaced_after_its_claim(
    db: Database, context: Context, postman: Courier, receiver: Receiver, posted: Posted, read: Read, make_due: MakeDue
) -> None:
    def die(_letter: OutboxMixin) -> NoReturn:
        raise SystemExit

    receiver.behave = die
    posted("once")
    with pytest.raises(SystemExit):
        postman.deliver()
    assert (read()["once"].status, read()["once"].attempt) == ("pending", 1)
    receiver.behave = lambda _letter: None
    assert receiver.subjects == ["once"]
    postman.deliver()
    assert receiver.subjects == ["once"]  # claimed still
    make_due()
    postman.deliver()
    assert receiver.subjects == ["once", "once"]
    assert receiver.taken[0].id == receiver.taken[1].id


def test_who_was_too_slow_records_nothing(
    letters_database: TestDatabase, postman: Courier, receiver: Receiver, posted: Posted, read: Read, make_due: MakeDue
) -> None:
    second = courier(letters_database, lambda _letter: None)

    def overtaken(_letter: OutboxMixin) -> NoReturn:
        make_due()
        second.deliver()
        raise NotDelivered("too late")

    receiver.behave = overtaken
    posted("once")
    postman.deliver()
    second.close()
    assert (read()["once"].status, read()["once"].reason, read()["once"].attempt) == ("delivered", None, 2)


def test_the_end_is_told_to_a_job(
    db: Database, context: Context, postman: Courier, receiver: Receiver, posted: Posted
) -> None:
    def answer(letter: OutboxMixin) -> dict[str, int]:
        if letter.subject == "bad":
            raise Undeliverable("no")
        return {"status": 201}

    receiver.behave = answer
    reply = {"kind": "note", "queue": "sample", "payload": {"about": 7}}
    ids = posted("good", "bad", reply=reply)
    postman.deliver()
    with db.transaction(context) as session:
        jobs = session.scalars(select(Job)).all()
    told = {job.payload["outbox"]["id"]: job.payload for job in jobs}
    assert told == {
        str(ids[0]): {
            "about": 7,
            "outbox": {"id": str(ids[0]), "status": "delivered", "reason": None, "answer": {"status": 201}},
        },
        str(ids[1]): {
            "about": 7,
            "outbox": {"id": str(ids[1]), "status": "failed", "reason": "no", "answer": None},
        },
    }
    assert {(job.kind, job.queue, job.status, job.correlation_id) for job in jobs} == {
        ("note", "sample", "pending", context.correlation_id)
    }


def test_ended_letters_are_posted_again_under_their_ids(
    db: Database, context: Context, postman: Courier, receiver: Receiver, posted: Posted, read: Read
) -> None:
    posted("a", "b")
    posted("c", target="elsewhere")
    postman.deliver()
    with db.transaction(context) as session:
        assert post_again(session, Outbox, Outbox.target == "there") == 2
        assert post_again(session, Outbox, Outbox.subject == "a") == 0  # on its way already
    postman.deliver()
    assert sorted(receiver.subjects) == ["a", "a", "b", "b", "c"]
    stranger = Context(tenant_id=uuid.uuid4())
    with db.transaction(stranger) as session:
        assert post_again(session, Outbox) == 0


def test_posting_many_takes_one_statement(db: Database, context: Context) -> None:
    statements: list[str] = []
    with db.transaction(context) as session:
        event.listen(db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
        post_many(session, Outbox, [Letter("silent", "x", "there") for _ in range(500)])
        assert len(statements) == 1
        post_many(session, Outbox, [])
        assert len(statements) == 1


def test_figures_and_forgetting(
    letters_database: TestDatabase,
    db: Database,
    context: Context,
    postman: Courier,
    receiver: Receiver,
    posted: Posted,
    read: Read,
) -> None:
    def refuse(letter: OutboxMixin) -> None:
        if letter.subject == "bad":
            raise Undeliverable("no")

    receiver.behave = refuse
    posted("good", "bad")
    postman.deliver()
    posted("waits")
    relay = Database(letters_database.relay_url, pooled=False)
    with relay.transaction(Context(tenant_id=None)) as session:
        found = {metric.name: metric.samples for metric in outbox_figures("sample", Outbox)(session)}
    assert found.keys() == {"outbox_pending", "outbox_dead_letters", "outbox_oldest_seconds"}
    counts = {name: sum(s.value for s in samples if s.labels["kind"] == "test") for name, samples in found.items()}
    assert counts["outbox_pending"] >= 1
    assert counts["outbox_dead_letters"] >= 1
    with db.transaction(context) as session:
        session.execute(
            update(Outbox).where(Outbox.ended_at.is_not(None)).values(ended_at=func.now() - timedelta(days=8))
        )
    with relay.transaction(Context(tenant_id=None)) as session:
        assert forget_letters(session, Outbox) >= 1
    assert read().keys() == {"bad", "waits"}
    with db.transaction(context) as session:
        session.execute(update(Outbox).where(Outbox.subject == "bad").values(ended_at=func.now() - timedelta(days=91)))
    with relay.transaction(Context(tenant_id=None)) as session:
        forget_letters(session, Outbox)
    assert read().keys() == {"waits"}


def test_the_loop_survives_a_database_that_is_away(
    letters_database: TestDatabase, receiver: Receiver, posted: Posted, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, stop, rounds = courier(letters_database, receiver), threading.Event(), []
    claim = one._claim

    def flaky(session: object) -> object:
        rounds.append(1)
        if len(rounds) == 1:
            raise ConnectionError
        return claim(session)  # type: ignore[arg-type]

    monkeypatch.setattr(one, "_claim", flaky)
    posted("in the end")
    thread = threading.Thread(target=one.loop, args=(stop,), kwargs={"poll_seconds": 0.02})
    thread.start()
    deadline = time.monotonic() + 20
    while not receiver.taken and time.monotonic() < deadline:
        time.sleep(0.02)
    stop.set()
    thread.join(timeout=10)
    assert receiver.subjects == ["in the end"]
