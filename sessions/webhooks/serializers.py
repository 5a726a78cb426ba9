"""The JSON of webhooks: the messages, and the payloads for organisers."""

from datetime import datetime
from typing import Any

from django.conf import settings

from opendev.core.text import time_text
from sessions.programme.models import Event, Session
from sessions.webhooks.models import Webhook, WebhookAttempt, WebhookDelivery


def message_json(type_: str, event: Event, data: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Return the body of a message: `{type, timestamp, data}`."""
    about = {
        "id": str(event.pk),
        "slug": event.slug,
        "name": event.name,
        "url": settings.PUBLIC_URL + event.get_absolute_url(),
    }
    return {"type": type_, "timestamp": time_text(now), "data": {"event": about, **data}}


def told_session(session: Session) -> dict[str, Any]:
    """Return a message's data about a session, without names."""
    return {
        "id": str(session.pk),
        "slug": session.slug,
        "title": session.title,
        "state": session.state,
        "starts_at": time_text(session.starts_at),
        "url": settings.PUBLIC_URL + session.get_absolute_url(),
    }


def webhook_json(webhook: Webhook) -> dict[str, Any]:
    """Return a webhook for organisers; its secret is only included when it is created."""
    return {
        "id": str(webhook.pk),
        "url": webhook.url,
        "types": webhook.types,
        "off": webhook.off or None,
        "created_at": time_text(webhook.created_at),
        "old_secret_until": time_text(webhook.old_secret_until),
    }


def delivery_json(delivery: WebhookDelivery) -> dict[str, Any]:
    """Return a message with its tries, newest first, which should be loaded."""
    return {
        "id": str(delivery.pk),
        "message_id": delivery.message_id,
        "type": delivery.type,
        "made_at": time_text(delivery.made_at),
        "state": delivery.state,
        "next_try_at": time_text(delivery.next_try_at),
        "attempts": [_attempt_json(attempt) for attempt in delivery.attempts.all()],
    }


def _attempt_json(attempt: WebhookAttempt) -> dict[str, Any]:
    return {
        "number": attempt.number,
        "at": time_text(attempt.at),
        "status": attempt.status,
        "error": attempt.error or None,
        "duration_ms": attempt.duration_ms,
    }
