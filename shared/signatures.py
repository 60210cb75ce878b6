"""Signatures of messages between parties that share a secret, by Standard Webhooks (standardwebhooks.com)."""

import base64
import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from shared.errors import Unauthenticated

SECRET_BYTES = 32


class SignatureRefused(Unauthenticated):
    """No signature of the expected party, or one that is older than five minutes."""

    code = "signature_refused"

    def __init__(self, permission: str = "") -> None:
        """`permission` is what a valid signature would have allowed."""
        super().__init__("The message carries no valid signature of the last five minutes.", permission=permission)


def new_secret() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"


def signed(message_id: str, content: bytes, known: Iterable[str]) -> dict[str, str]:
    """Headers of a message that is sent now; with one signature for each secret that the receiver may know."""
    now, text = datetime.now(UTC), content.decode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(message_id, now, text) for secret in known),
    }


def verify(headers: Mapping[str, str], content: bytes, known: Iterable[str], *, permission: str = "") -> str:
    """Id of a message that one of the secrets signed in the last five minutes. Raises SignatureRefused."""
    for secret in known:
        try:
            Webhook(secret).verify(content, dict(headers), json_parse=False)
        except (WebhookVerificationError, ValueError):  # ValueError: headers that are malformed
            continue
        return {name.lower(): value for name, value in headers.items()}["webhook-id"]
    raise SignatureRefused(permission)
