"""Making and changing webhooks; the caller's unit of work."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.auditing.classification import diff
from shared.errors import Conflict
from shared.outbound_guard import Guard
from shared.signatures import new_secret
from shared.tenancy import context_of, tenant_of
from shared.vault import Vault
from shared.webhooks.models import WebhookMixin

BOTH_VALID = timedelta(hours=24)
_TOLD = ("name", "url", "event_types", "active")


class WebhookNameTaken(Conflict):
    code = "webhook_name_taken"


def create(
    session: Session, model: type[WebhookMixin], values: Mapping[str, Any], vault: Vault, guard: Guard
) -> WebhookMixin:
    """A new webhook with its `told_secret`. Raises WebhookNameTaken, and AddressRefused for an address that may not
    be called."""
    guard.check(values["url"])
    tenant_id = tenant_of(session)
    if session.scalar(select(model.id).where(model.tenant_id == tenant_id, model.name == values["name"])):
        raise WebhookNameTaken("There is a webhook of this name.")
    webhook = model()
    webhook.tenant_id, webhook.created_by = tenant_id, context_of(session).actor
    give_secret(webhook, vault)
    change(webhook, values, guard=None)
    session.add(webhook)
    session.flush()
    return webhook


def change(webhook: WebhookMixin, values: Mapping[str, Any], guard: Guard | None) -> None:
    """Raises AddressRefused. Switching it on again forgets why it was off."""
    if guard is not None and values.get("url", webhook.url) != webhook.url:
        guard.check(values["url"])
    for name in values.keys() & set(_TOLD):
        setattr(webhook, name, values[name])
    if "active" in values:
        webhook.inactive_reason = None if values["active"] else "switched_off"


def give_secret(webhook: WebhookMixin, vault: Vault) -> None:
    """A new secret, told in clear this once; the one before stays valid for a day."""
    webhook.told_secret = new_secret()
    if webhook.secret is not None:
        webhook.previous_secret, webhook.previous_valid_until = webhook.secret, datetime.now(UTC) + BOTH_VALID
    webhook.secret = vault.seal(webhook.told_secret, about=_about(webhook))


def secrets_of(webhook: WebhookMixin, vault: Vault) -> list[str]:
    """Those that are valid now, the newest first. Raises shared.vault.Unreadable."""
    sealed = [webhook.secret]
    if webhook.previous_secret and webhook.previous_valid_until and webhook.previous_valid_until > datetime.now(UTC):
        sealed.append(webhook.previous_secret)
    return [vault.open(secret, about=_about(webhook)) for secret in sealed]


def state(webhook: WebhookMixin) -> dict[str, Any]:
    return {name: getattr(webhook, name) for name in _TOLD}


def changes(before: Mapping[str, Any], webhook: WebhookMixin) -> dict[str, Any]:
    """For the audit row. Addresses are not shown: many have a password in them."""
    return diff(before, state(webhook), {"url": "secret"})


def _about(webhook: WebhookMixin) -> str:
    # The id comes with the first flush, later than the secret: what must not be mixed up is the tenant.
    return f"webhook:{webhook.tenant_id}"
