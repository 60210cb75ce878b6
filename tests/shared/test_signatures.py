"""Signatures hold for what was signed, for minutes, under each secret that is valid."""

import time

import pytest
import time_machine

from shared.signatures import SignatureRefused, new_secret, signed, verify

CONTENT = b'{"type":"order.approved"}'


def test_what_was_signed_verifies_under_either_of_two_secrets() -> None:
    old, new = new_secret(), new_secret()
    headers = signed("m1", CONTENT, [new, old])
    assert [verify(headers, CONTENT, [secret]) for secret in (old, new)] == ["m1", "m1"]
    assert verify({name.title(): value for name, value in headers.items()}, CONTENT, [new_secret(), new]) == "m1"


def test_the_form_is_that_of_standard_webhooks() -> None:
    """The example of the specification's own test vectors."""
    with time_machine.travel(1614265330, tick=False):
        headers = signed(
            "msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}', ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
        )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


@pytest.mark.parametrize("change", ["content", "id", "timestamp", "secret", "missing", "malformed", "no secret"])
def test_anything_else_is_refused(change: str) -> None:
    secret = new_secret()
    headers, content, known = signed("m1", CONTENT, [secret]), CONTENT, [secret]
    match change:
        case "content":
            content += b" "
        case "id":
            headers["webhook-id"] = "m2"
        case "timestamp":
            headers["webhook-timestamp"] = str(int(headers["webhook-timestamp"]) + 1)
        case "secret":
            known = [new_secret()]
        case "missing":
            del headers["webhook-signature"]
        case "malformed":
            headers["webhook-signature"] = "v1 , x"
        case "no secret":
            known = []
    with pytest.raises(SignatureRefused) as refusal:
        verify(headers, content, known)
    assert (refusal.value.status, refusal.value.code) == (401, "signature_refused")


@pytest.mark.parametrize("minutes", [-6, 6])
def test_an_old_or_early_message_is_refused(minutes: int) -> None:
    secret = new_secret()
    with time_machine.travel(time.time() + minutes * 60, tick=False):
        headers = signed("m1", CONTENT, [secret])
    with pytest.raises(SignatureRefused):
        verify(headers, CONTENT, [secret])


def time_machine_start(minutes: int) -> float:
    import time

    return time.time() + minutes * 60
