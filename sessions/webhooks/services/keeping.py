"""Managing an event's webhooks: adding, changing, renewing the secret, testing, removing. For its organisers."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import Caller
from opendev.core.errors import Conflict, Malformed, NotFound
from opendev.core.text import clean_line, clean_yes_or_no
from sessions.audit.models import AuditKind
from sessions.audit.services import record
from sessions.programme.services.locks import lock_event
from sessions.webhooks.models import MAX_URL_LENGTH, TEST_TYPE, Webhook, WebhookDelivery, WebhookType
from sessions.webhooks.selectors import webhook_by_id
from sessions.webhooks.serializers import message_json
from sessions.webhooks.services.delivering import give_up_waiting
from sessions.webhooks.services.outbox import body_of, new_delivery
from sessions.webhooks.signing import new_secret, seal

MOST_WEBHOOKS = 10  # per event: each action writes a message for each
BOTH_SIGN = timedelta(days=1)


class TooManyWebhooks(Conflict):
    code, message = "too_many_webhooks", _("An event can have 10 webhooks.")


class WebhookIsOff(Conflict):
    code, message = "webhook_is_off", _("This webhook is off. Turn it on first.")


@transaction.atomic
def add_webhook(
    *, event_id: int, caller: Caller, fields: Mapping[str, Any], now: datetime
) -> tuple[Webhook, str]:
    """Add an address to notify; return the webhook and its secret, which is not shown again.

    Args:
        fields: `url`, and `types`, a list of message types.

    Raises:
        NotFound, NotSignedIn, NotOrganiser, TooManyWebhooks
        Malformed: not an https address, no type, or an unknown one.
    """
    lock_event(event_id=event_id, caller=caller)
    if Webhook.objects.filter(event=event_id).count() >= MOST_WEBHOOKS:
        raise TooManyWebhooks
    secret = new_secret()
    webhook = Webhook.objects.create(
        event_id=event_id,
        url=_read_url(fields.get("url")),
        types=_read_types(fields.get("types")),
        secret=seal(secret),
        created_at=now,
    )
    _record(AuditKind.WEBHOOK_ADDED, webhook, caller)
    return webhook, secret


@transaction.atomic
def edit_webhook(*, event_id: int, webhook_id: int, caller: Caller, fields: Mapping[str, Any]) -> Webhook:
    """Change a webhook's `url` or `types`, or turn it on or off (`on`); missing fields stay.

    Waiting messages of a webhook that is turned off are given up.

    Raises:
        NotFound, NotSignedIn, NotOrganiser
        Malformed: see add_webhook
    """
    webhook = _lock_webhook(event_id, webhook_id, caller)
    before = webhook.url, webhook.types, webhook.off
    if "url" in fields:
        webhook.url = _read_url(fields["url"])
    if "types" in fields:
        webhook.types = _read_types(fields["types"])
    if "on" in fields:
        is_on = clean_yes_or_no(fields["on"], field="on")
        webhook.off = "" if is_on else webhook.off or Webhook.Off.ORGANISER
    if (webhook.url, webhook.types, webhook.off) != before:
        webhook.save(update_fields=["url", "types", "off"])
        _record(AuditKind.WEBHOOK_CHANGED, webhook, caller)
    if webhook.off:
        give_up_waiting(webhook.pk)
    return webhook


@transaction.atomic
def replace_secret(*, event_id: int, webhook_id: int, caller: Caller, now: datetime) -> tuple[Webhook, str]:
    """Give a webhook a new secret, and return it; for a day messages are signed with the old one too.

    Raises:
        NotFound, NotSignedIn, NotOrganiser
    """
    webhook, secret = _lock_webhook(event_id, webhook_id, caller), new_secret()
    webhook.old_secret, webhook.old_secret_until = webhook.secret, now + BOTH_SIGN
    webhook.secret = seal(secret)
    webhook.save(update_fields=["secret", "old_secret", "old_secret_until"])
    _record(AuditKind.WEBHOOK_ROTATED, webhook, caller)
    return webhook, secret


@transaction.atomic
def remove_webhook(*, event_id: int, webhook_id: int, caller: Caller) -> None:
    """Remove a webhook, with its log and waiting messages.

    Raises:
        NotFound, NotSignedIn, NotOrganiser
    """
    webhook = _lock_webhook(event_id, webhook_id, caller)
    _record(AuditKind.WEBHOOK_REMOVED, webhook, caller)
    webhook.delete()


@transaction.atomic
def send_test(*, event_id: int, webhook_id: int, caller: Caller, now: datetime) -> WebhookDelivery:
    """Send a webhook a test message.

    Raises:
        NotFound, NotSignedIn, NotOrganiser, WebhookIsOff
    """
    webhook = _lock_webhook(event_id, webhook_id, caller)
    if webhook.off:
        raise WebhookIsOff
    body = body_of(message_json(TEST_TYPE, webhook.event, {}, now))
    delivery = new_delivery(webhook, TEST_TYPE, body, now)
    delivery.save()
    return delivery


@transaction.atomic
def send_again(
    *, event_id: int, webhook_id: int, delivery_id: int, caller: Caller, now: datetime
) -> WebhookDelivery:
    """Send a message from the log again, with the same id and body; a waiting one is tried at once.

    Raises:
        NotFound, NotSignedIn, NotOrganiser, WebhookIsOff
    """
    webhook = _lock_webhook(event_id, webhook_id, caller)
    deliveries = WebhookDelivery.objects.select_for_update(no_key=True).filter(webhook=webhook)
    delivery = deliveries.filter(pk=delivery_id).first()
    if delivery is None:
        raise NotFound
    if webhook.off:
        raise WebhookIsOff
    delivery.state, delivery.next_try_at, delivery.tries = WebhookDelivery.State.WAITING, now, 0
    delivery.save(update_fields=["state", "next_try_at", "tries"])
    return delivery


def _lock_webhook(event_id: int, webhook_id: int, caller: Caller) -> Webhook:
    lock_event(event_id=event_id, caller=caller)
    return webhook_by_id(webhook_id, event_id)


def _record(kind: AuditKind, webhook: Webhook, caller: Caller) -> None:
    """Record the action in the audit log, without the address, which may contain a secret."""
    record(kind, caller=caller, event_id=webhook.event_id, subject=f"webhook {webhook.pk}")


def _read_url(value: Any) -> str:
    """Return an allowed address: https, or a host that the operator listed (WEBHOOK_HOSTS).

    Its numeric address is checked when something is sent.
    """
    text = clean_line(value, field="url", most=MAX_URL_LENGTH)
    try:
        parts = urlsplit(text)
        host, is_named, port = parts.hostname or "", parts.hostname in settings.WEBHOOK_HOSTS, parts.port
    except ValueError:
        host, is_named, port = "", False, None
    schemes = {"https", "http"} if is_named else {"https"}
    is_plain = host and text.isascii() and text.isprintable() and not any(sign in text for sign in ' \\"<>')
    if not is_plain or "@" in parts.netloc or port == 0 or parts.scheme not in schemes or parts.fragment:
        sentence = _("Give an address that begins with https://.")
        raise Malformed(sentence, fields={"url": sentence})
    return text


def _read_types(value: Any) -> list[str]:
    is_list = isinstance(value, Sequence) and not isinstance(value, str)
    if not is_list or not value or any(type_ not in WebhookType.values for type_ in value):
        sentence = _("Choose at least one of these.")
        raise Malformed(sentence, fields={"types": sentence})
    return [type_ for type_ in WebhookType.values if type_ in value]
