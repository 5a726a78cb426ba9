"""Delivering the outbox: a message is leased by one worker, tried, and retried for about a day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import SystemRandom

from django.db import transaction
from django.db.models import F, Min, Q, QuerySet

from opendev.core.outbound import Outcome
from sessions.webhooks.models import Webhook, WebhookAttempt, WebhookDelivery
from sessions.webhooks.signing import unseal

State = WebhookDelivery.State
MOST_TRIES = 8
FIRST_WAIT_S, FACTOR = 10.0, 4.3  # the seven waits add up to 23 hours
JITTER = 0.2  # jitter, so that messages that failed together are not retried together
LONGEST_WAIT_S = 24 * 3600  # whatever Retry-After asks for
LEASE = timedelta(seconds=60)  # longer than a try takes; after that its worker is dead
KEPT = timedelta(days=30)
FORGOTTEN_AT_ONCE = 500  # deliveries per transaction: no vote waits for an old log
GONE = 410
_random = SystemRandom().uniform


@dataclass(frozen=True, slots=True)
class Taken:
    """A delivery that a worker has leased, with everything needed to try it."""

    delivery_id: int
    webhook_id: int
    number: int
    url: str
    message_id: str
    body: str
    secrets: tuple[str, ...]


def take_due(now: datetime, *, most: int, but_not: Collection[int] = ()) -> list[Taken]:
    """Lease due deliveries, for each webhook the one that has waited longest; nobody else gets them now.

    A webhook with a try in progress is skipped, so a slow receiver only delays its own messages.

    Args:
        but_not: webhooks that this process is trying.
    """
    free = Webhook.objects.exclude(pk__in=list(but_not)).exclude(
        pk__in=WebhookDelivery.objects.filter(taken_until__gt=now).values("webhook")
    )
    due = free.filter(off="", deliveries__next_try_at__lte=now).annotate(since=Min("deliveries__next_try_at"))
    webhook_ids = list(due.order_by("since", "pk").values_list("pk", flat=True)[:most])
    taken = [_take_one(webhook_id, now) for webhook_id in webhook_ids]
    return [delivery for delivery in taken if delivery is not None]


@transaction.atomic
def _take_one(webhook_id: int, now: datetime) -> Taken | None:
    waiting = _free(now).filter(webhook=webhook_id).select_related("webhook").order_by("next_try_at", "pk")
    delivery = waiting.select_for_update(skip_locked=True, no_key=True, of=("self",)).first()
    # SQLite has no row locks: there the number of tries shows whether another worker was faster.
    if delivery is None or not _free(now).filter(pk=delivery.pk, tries=delivery.tries).update(
        tries=F("tries") + 1, taken_until=now + LEASE
    ):
        return None
    webhook = delivery.webhook
    sealed = [webhook.secret]
    if webhook.old_secret_until is not None and webhook.old_secret_until > now:
        sealed.append(webhook.old_secret)
    return Taken(
        delivery.pk,
        webhook_id,
        delivery.tries + 1,
        webhook.url,
        delivery.message_id,
        delivery.body,
        tuple(secret for secret in map(unseal, sealed) if secret),
    )


def _free(now: datetime) -> QuerySet[WebhookDelivery]:
    due = WebhookDelivery.objects.filter(state=State.WAITING, next_try_at__lte=now, webhook__off="")
    return due.filter(Q(taken_until__isnull=True) | Q(taken_until__lte=now))


@transaction.atomic
def record_outcome(taken: Taken, outcome: Outcome, now: datetime) -> None:
    """Record a try, and its consequence: done, retried later, given up, or the webhook is turned off."""
    delivery = WebhookDelivery.objects.select_for_update(no_key=True).filter(pk=taken.delivery_id).first()
    if delivery is None:
        return  # the webhook has been removed
    WebhookAttempt.objects.create(
        delivery=delivery,
        number=taken.number,
        at=now,
        status=outcome.status,
        error=outcome.error,
        duration_ms=outcome.duration_ms,
    )
    if delivery.state != State.WAITING:
        return  # it has been turned off
    delivery.taken_until = None
    if outcome.is_good:
        delivery.state, delivery.next_try_at = State.DELIVERED, None
    elif outcome.status == GONE or taken.number >= MOST_TRIES:
        delivery.state, delivery.next_try_at = State.FAILED, None
    else:
        delivery.next_try_at = now + wait_before_next(taken.number, outcome.retry_after_s)
    delivery.save(update_fields=["state", "next_try_at", "taken_until"])
    if outcome.status == GONE:
        Webhook.objects.filter(pk=taken.webhook_id, off="").update(off=Webhook.Off.GONE)
        give_up_waiting(taken.webhook_id)


def wait_before_next(tries: int, retry_after_s: int | None = None) -> timedelta:
    """Return how long to wait after this many tries: longer each time, never shorter than the receiver asked for."""
    wait = FIRST_WAIT_S * FACTOR ** (tries - 1) * _random(1 - JITTER, 1 + JITTER)
    return timedelta(seconds=min(max(wait, retry_after_s or 0), LONGEST_WAIT_S))


def give_up_waiting(webhook_id: int) -> None:
    """Give up waiting messages of a webhook that is off."""
    waiting = WebhookDelivery.objects.filter(webhook=webhook_id, state=State.WAITING)
    waiting.update(state=State.FAILED, next_try_at=None, taken_until=None)


def forget_old_deliveries(now: datetime) -> int:
    """Delete deliveries that are older than 30 days, and expired old secrets; return the number of deliveries."""
    Webhook.objects.filter(old_secret_until__lte=now).update(old_secret="", old_secret_until=None)
    old = WebhookDelivery.objects.filter(made_at__lt=now - KEPT).order_by("pk")
    deleted = 0
    while keys := list(old.values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE]):
        WebhookAttempt.objects.filter(delivery__in=keys).delete()
        deleted += WebhookDelivery.objects.filter(pk__in=keys).delete()[0]
    return deleted
