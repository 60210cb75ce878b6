"""Queues and workers as Redis holds them, for admins alone."""

import uuid

from rq import SimpleWorker
from rq.serializers import JSONSerializer

from services.propagation.config import QUEUES
from shared.app import ServiceApp
from shared.console.queues import queues_of, workers_of
from shared.jobs.rq_queue import HandOver, hand_over, queue
from shared.redis_client import connect
from tests.fixtures.people import Issuer

LENGTHS = ("waiting", "taken", "running", "failed")


def test_figures_are_those_of_redis(redis_url: str) -> None:
    client, name = connect(redis_url), f"queue-{uuid.uuid4()}"
    empty, full = f"{name}-empty", queue(name, client)
    for number in range(3):
        job = HandOver(str(uuid.uuid4()), str(uuid.uuid4()), number, "report.build", 60, str(uuid.uuid4()))
        hand_over(full, "services.propagation.jobs.perform", job)
    client.lmove(full.key, full.intermediate_queue_key)
    found = queues_of(client, [empty, name])
    assert found == [dict.fromkeys(LENGTHS, 0) | {"name": empty}, dict.fromkeys(LENGTHS, 0) | {"name": name} | {
        "waiting": 2, "taken": 1}]  # fmt: skip
    worker = SimpleWorker([full], connection=client, serializer=JSONSerializer)
    worker.register_birth()  # type: ignore[no-untyped-call]
    try:
        (row,) = workers_of(client, [empty, name])
        assert (row["queue"], row["pid"], row["done"], row["failed"]) == (name, str(worker.pid), 0, 0)
        assert row["heard_at"].startswith("20")
    finally:
        worker.register_death()  # type: ignore[no-untyped-call]
    assert workers_of(client, [empty, name]) == []


def test_admins_see_them(propagation_app: ServiceApp, issuer: Issuer) -> None:
    def asked(role: str) -> tuple[int, str]:
        token = issuer.token(uuid.uuid4(), sub=f"{role}-{uuid.uuid4()}", roles=[role])
        answer = propagation_app.test_client().get("/propagation/queues", headers={"Authorization": f"Bearer {token}"})
        return answer.status_code, answer.text

    status, text = asked("admin")
    assert status == 200
    for name in QUEUES:
        assert f"<td>{name}</td>" in text
    assert asked("manager")[0] == 403
