"""The outbox: messages for each subscribed webhook, written in the transaction of the action itself."""

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
    """Write a message for each subscribed webhook of the event; called inside the action's transaction.

    Args:
        data: builds the message's data; not called if nobody subscribes.
    """
    listening = [
        webhook for webhook in Webhook.objects.filter(event=event, off="") if type_.value in webhook.types
    ]
    if listening:
        body = body_of(message_json(type_.value, event, data(), now))
        deliveries = [new_delivery(webhook, type_.value, body, now) for webhook in listening]
        WebhookDelivery.objects.bulk_create(deliveries)


def body_of(message: dict[str, Any]) -> str:
    """Return the body of a message."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def new_delivery(webhook: Webhook, type_: str, body: str, now: datetime) -> WebhookDelivery:
    """Return an unsaved delivery that is due now. Ids contain no dots, which separate the parts of the signed text."""
    return WebhookDelivery(
        webhook=webhook,
        message_id=f"msg_{secrets.token_urlsafe(ID_BYTES)}",
        type=type_,
        body=body,
        made_at=now,
        next_try_at=now,
    )
