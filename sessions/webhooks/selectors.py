"""Queries about webhooks."""

from collections.abc import Sequence

from django.db.models import Prefetch

from opendev.core.errors import NotFound
from sessions.webhooks.models import Webhook, WebhookAttempt, WebhookDelivery


def webhooks_of(event_id: int) -> list[Webhook]:
    """Return an event's webhooks, oldest first."""
    return list(Webhook.objects.filter(event=event_id).order_by("pk"))


def webhook_by_id(webhook_id: int, event_id: int) -> Webhook:
    """Return a webhook of the event.

    Raises:
        NotFound
    """
    webhook = Webhook.objects.filter(pk=webhook_id, event=event_id).first()
    if webhook is None:
        raise NotFound
    return webhook


def deliveries_of(webhook_id: int, *, before: int | None = None, most: int) -> Sequence[WebhookDelivery]:
    """Return a webhook's messages with all tries, newest first; if `before` is given, only older ones."""
    tries = Prefetch("attempts", WebhookAttempt.objects.order_by("-pk"))
    deliveries = WebhookDelivery.objects.filter(webhook=webhook_id).prefetch_related(tries).order_by("-pk")
    if before is not None:
        deliveries = deliveries.filter(pk__lt=before)
    return list(deliveries[:most])
