"""The pages of webhooks, alike in every service: addresses that are told, what was sent to them, sending it again."""

import uuid
from collections.abc import Collection
from typing import Any

from flask.typing import ResponseReturnValue

from shared.console import api
from shared.console.pages import Pages, Values, asked, done, sent

MANAGE = "webhook.manage"


def webhook_pages(service: str, event_types: Collection[str]) -> Pages:
    pages = Pages(service, "webhooks", __name__, folder="console")
    address = f"/{service}/webhooks"

    @pages.page("/webhooks", MANAGE, menu="Webhooks", rare=True)
    def webhooks() -> Values:
        return {"webhooks": api.get("webhooks", asked()), "event_types": sorted(event_types)}

    @pages.page("/webhooks/<key:webhook_id>", MANAGE)
    def webhook(webhook_id: int) -> Values:
        found = api.get(f"webhooks/{webhook_id}")
        deliveries = api.get(f"webhooks/{webhook_id}/deliveries", asked())
        return {"webhook": found, "deliveries": deliveries, "event_types": sorted(event_types)}

    @pages.form("/webhooks", MANAGE)
    def webhook_secret() -> Values:
        """The secret is told this once."""
        return {"webhook": api.post("webhooks", _told()), "is_new": True}

    @pages.form("/webhooks/<key:webhook_id>/secret", MANAGE)
    def renewed_secret(webhook_id: int) -> Values:
        return {"webhook": api.post(f"webhooks/{webhook_id}/rotate-secret"), "is_new": False}

    @pages.form("/webhooks/<key:webhook_id>", MANAGE)
    def change_webhook(webhook_id: int) -> ResponseReturnValue:
        body = _told()
        api.patch(f"webhooks/{webhook_id}", body, if_match=body.pop("tag", None))
        return done("Changed.")

    @pages.form("/webhooks/<key:webhook_id>/delete", MANAGE)
    def delete_webhook(webhook_id: int) -> ResponseReturnValue:
        api.delete(f"webhooks/{webhook_id}", if_match=sent().get("tag"))
        return done("The webhook is deleted; nothing is sent to it any more.", to=address)

    @pages.form("/webhooks/<key:webhook_id>/test", MANAGE)
    def test_webhook(webhook_id: int) -> ResponseReturnValue:
        api.post(f"webhooks/{webhook_id}/test")
        return done("A test is on its way; what was answered appears among the deliveries.")

    @pages.form("/webhooks/<key:webhook_id>/replay", MANAGE)
    def replay_webhook(webhook_id: int) -> ResponseReturnValue:
        count = api.post(f"webhooks/{webhook_id}/replay")["messages"]
        return done(f"{count:,} sent again." if count else "There is nothing that could not be delivered.")

    @pages.form("/webhooks/<key:webhook_id>/deliveries/<uuid:message_id>/replay", MANAGE)
    def replay_delivery(webhook_id: int, message_id: uuid.UUID) -> ResponseReturnValue:
        api.post(f"webhooks/{webhook_id}/deliveries/{message_id}/replay")
        return done("It is sent again, under its old id.")

    return pages


def _told() -> dict[str, Any]:
    """None chosen means all events."""
    return {"event_types": [], **sent()}
