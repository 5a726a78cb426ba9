"""Webhooks, and the messages to each: the deliveries are both outbox and log."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from sessions.programme.models import Event

MAX_URL_LENGTH = 500


class WebhookType(models.TextChoices):
    """The types of messages."""

    POLL_CLOSED = "poll.closed", _("A poll was closed")
    POLL_PUBLISHED = "poll.published", _("Results were published")
    LINE_OPENED = "line.opened", _("A follow-up was opened")
    SESSION_ENDED = "session.ended", _("The session ended")
    RECAP_PUBLISHED = "recap.published", _("The recap was published")


TEST_TYPE = "webhook.test"  # sent on request alone


class Webhook(models.Model):
    """An address that is notified of an event. Its secret signs each message, and is encrypted (see `signing`).

    After a rotation the old secret signs as well, until `old_secret_until`.
    """

    class Off(models.TextChoices):
        """Why a webhook is off."""

        ORGANISER = "organiser", _("Turned off")
        GONE = "gone", _("Turned off, since the receiver answered 410 Gone")

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="webhooks")
    url = models.CharField(max_length=MAX_URL_LENGTH)
    types = models.JSONField(default=list)
    secret = models.CharField(max_length=400, editable=False)
    old_secret = models.CharField(max_length=400, blank=True, editable=False)
    old_secret_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    off = models.CharField(max_length=10, choices=Off.choices, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(off__in=["", "organiser", "gone"]), name="webhook_is_off_for_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.url


class WebhookDelivery(models.Model):
    """One message to one webhook, written in the transaction of its event; its id is the same in all tries.

    `next_try_at` is when it is due, None once it is settled. A worker that tries it has it leased until `taken_until`.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Failed")

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    message_id = models.CharField(max_length=40, unique=True)
    type = models.CharField(max_length=40)
    body = models.TextField()
    made_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    taken_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "delivered", "failed"]),
                name="delivery_state_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state="waiting", next_try_at__isnull=False)
                | (~models.Q(state="waiting") & models.Q(next_try_at__isnull=True)),
                name="delivery_is_due_while_it_waits",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=models.Q(next_try_at__isnull=False), name="delivery_due"
            ),
            models.Index(fields=["made_at"], name="delivery_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.state}"


class WebhookAttempt(models.Model):
    """One try of a delivery, with the receiver's answer: a status, or why there was none."""

    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    error = models.CharField(max_length=20, blank=True)
    duration_ms = models.PositiveIntegerField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.number}: {self.status or self.error}"
