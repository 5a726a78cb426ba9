"""The outbox: what happened, written down for each webhook that asked for it, in the transaction of the act itself."""

import json
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sessions.programme.models import Event
from sessions.webhooks.models import Webhook, WebhookDelivery, WebhookType
from sessions.webhooks.serializers import message_json

ID_BYTES = 18


def tell_webhooks(
    type_: WebhookType, *, event: Event, data: Callable[[], dict[str, Any]], now: datetime
) -> None:
    """Write a message for each webhook of the event that asked for this; called inside the act's transaction.

    Args:
        data: makes what the message says; not asked where nobody listens.
    """
    listening = [
        webhook for webhook in Webhook.objects.filter(event=event, off="") if type_.value in webhook.types
    ]
    if listening:
        body = body_of(message_json(type_.value, event, data(), now))
        deliveries = [new_delivery(webhook, type_.value, body, now) for webhook in listening]
        WebhookDelivery.objects.bulk_create(deliveries)


def body_of(message: dict[str, Any]) -> str:
    """Return a message as it is sent."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def new_delivery(webhook: Webhook, type_: str, body: str, now: datetime) -> WebhookDelivery:
    """Return a delivery, unsaved, that is due now. No id has a dot in it, which parts what is signed."""
    return WebhookDelivery(
        webhook=webhook,
        message_id=f"msg_{secrets.token_urlsafe(ID_BYTES)}",
        type=type_,
        body=body,
        made_at=now,
        next_try_at=now,
    )
