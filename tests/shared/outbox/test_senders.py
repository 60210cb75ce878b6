"""Calls to siblings and mail: what arrives, what is tried again, what is given up."""

import socket
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stamina
from cryptography.hazmat.primitives.asymmetric import ec

from shared.outbound import CallLimits
from shared.outbox.calls import CallSender, call_letter
from shared.outbox.mail import MailSender
from shared.outbox.senders import NotDelivered, NotWanted, Undeliverable
from shared.siblings import Siblings
from shared.signatures import new_secret, verify
from tests.fixtures.servers import free_port
from tests.fixtures.stand_in import StandIn, pem, says
from tests.shared.jobs.sample import make_settings
from tests.shared.outbox.sample import Outbox

SECRET = new_secret()
CALLS = {"workflow": ["approval.request"], "sync": ["approval.callback"]}


@pytest.fixture(autouse=True)
def no_waits() -> Iterator[None]:
    with stamina.set_testing(True, attempts=1):
        yield


@pytest.fixture
def sibling() -> Iterator[StandIn]:
    made = StandIn()
    yield made
    made.stop()


def letter(kind: str = "call", target: str = "workflow", **payload: Any) -> Outbox:
    made = Outbox(kind=kind, subject="x.asked", target=target, payload=payload, attempt=1)
    made.tenant_id, made.id, made.correlation_id = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    return made


@pytest.fixture
def sender(sibling: StandIn, tmp_path: Path) -> Iterator[CallSender]:
    settings = make_settings(
        database_url="postgresql://nowhere",
        service_key_file=pem(tmp_path / "own.pem", ec.generate_private_key(ec.SECP256R1())),
        siblings={"workflow": sibling.url, "stranger": sibling.url},
        pair_secrets={"workflow": SECRET},
    )
    siblings = Siblings(settings, CALLS, limits=CallLimits(read_seconds=0.3, total_seconds=1, attempts=1))
    yield CallSender(siblings)
    siblings.close()


def test_a_call_is_signed_and_tells_its_id(sender: CallSender, sibling: StandIn) -> None:
    asked = call_letter("workflow", "POST", "/api/workflow/v1/approvals", subject="x.asked", body={"kind": "x"})
    sibling.answers = [says(201, {"id": 9})]
    posted = letter(**asked.payload)
    assert sender(posted) == {"status": 201, "body": {"id": 9}}
    (request,) = sibling.requests
    assert (request.method, request.path, request.get_json()) == ("POST", "/api/workflow/v1/approvals", {"kind": "x"})
    assert request.headers["Idempotency-Key"] == str(posted.id)
    assert request.headers["X-Correlation-ID"] == str(posted.correlation_id)
    assert verify(dict(request.headers), request.get_data(), [SECRET]) == str(posted.id)


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        ((500, None), NotDelivered),
        ((503, None), NotDelivered),
        ((401, None), NotDelivered),
        ((403, None), NotDelivered),
        ((429, None), NotDelivered),
        ((409, {"code": "locked"}), NotDelivered),
        ((409, {"code": "job_finished"}), Undeliverable),
        ((404, None), Undeliverable),
        ((422, {"detail": "No such kind."}), Undeliverable),
    ],
)
def test_refusals_are_final_or_pass(
    sender: CallSender, sibling: StandIn, answer: tuple[int, object], failure: type[Exception]
) -> None:
    sibling.answers = [says(*answer)]
    with pytest.raises(failure):
        sender(letter(method="POST", path="/x", body={}))


def test_the_wish_of_the_callee_is_respected(sender: CallSender, sibling: StandIn) -> None:
    sibling.answers = [says(429, {}, Retry_After="77")]
    with pytest.raises(NotDelivered) as failure:
        sender(letter(method="POST", path="/x", body={}))
    assert failure.value.retry_after_seconds == 77


def test_a_sibling_that_is_away_or_unknown_is_waited_for(sender: CallSender, sibling: StandIn) -> None:
    sibling.stop()
    with pytest.raises(NotDelivered, match="workflow does not answer"):
        sender(letter(method="POST", path="/x", body={}))
    for target in ("sync", "stranger"):  # no address; an address without any business there
        with pytest.raises(NotDelivered, match="is not configured here"):
            sender(letter(target=target, method="POST", path="/x", body={}))
    sibling.stop = lambda: None  # type: ignore[method-assign]


def test_without_a_key_nobody_is_called() -> None:
    settings = make_settings(database_url="postgresql://nowhere", siblings={"workflow": "http://127.0.0.1:1"})
    assert Siblings(settings, CALLS).client("workflow") is None


class MailServer:
    """Speaks as much SMTP as one client needs; refuses what is for `nobody@`."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        try:
            while True:
                connection, _ = self._socket.accept()
                with connection, connection.makefile("rw", newline="\r\n") as stream:
                    self._talk(stream)
        except OSError:
            return

    def _talk(self, stream: Any) -> None:
        def say(line: str) -> None:
            stream.write(line + "\n")
            stream.flush()

        say("220 here")
        for line in stream:
            word = line.split()[0].upper()
            if word == "DATA":
                say("354 go on")
                self.messages.append("".join(iter(stream.readline, ".\r\n")))
                say("250 taken")
            elif word == "QUIT":
                say("221 bye")
                return
            else:
                say("550 no" if "nobody@" in line else "250 fine")

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    yield server
    server.close()


def mail_sender(**settings: Any) -> MailSender:
    return MailSender(make_settings(database_url="postgresql://nowhere", smtp_security="none", **settings))


MAIL = {"to": "ada@example.com", "subject": "Approved", "text": "Order 7 was approved.\n"}


def test_mail_is_off_until_a_server_is_named() -> None:
    with pytest.raises(NotWanted, match="SMTP_HOST"):
        mail_sender()(letter("mail", **MAIL))


def test_mail_is_handed_over_with_the_id_of_the_letter(mail_server: MailServer) -> None:
    sender = mail_sender(smtp_host="127.0.0.1", smtp_port=mail_server.port, smtp_from="concord@example.org")
    posted = letter("mail", **MAIL)
    sender(posted)
    (message,) = mail_server.messages
    assert f"Message-ID: <{posted.id}@example.org>" in message
    assert "To: ada@example.com" in message
    assert "Order 7 was approved." in message


@pytest.mark.parametrize("broken", [{"to": "nobody@example.com"}, {"subject": "two\nlines"}])
def test_mail_that_no_server_takes_is_given_up(mail_server: MailServer, broken: dict[str, str]) -> None:
    sender = mail_sender(smtp_host="127.0.0.1", smtp_port=mail_server.port)
    with pytest.raises(Undeliverable):
        sender(letter("mail", **(MAIL | broken)))
    assert mail_server.messages == []


def test_a_mail_server_that_is_away_is_waited_for() -> None:
    with pytest.raises(NotDelivered, match="ConnectionRefusedError"):
        mail_sender(smtp_host="127.0.0.1", smtp_port=free_port())(letter("mail", **MAIL))
