"""Suggested follow-ups, and who supports them."""

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sessions.attendees.models import Attendee
from sessions.follow_ups.models import MAX_TITLE_LENGTH, SignUpLine
from sessions.programme.models import Session


def new_suggestion_id() -> int:
    """Return a random 63-bit number. Gaps in sequential ids would reveal suggestions that are not shown."""
    return secrets.randbelow(2**63 - 1) + 1


class Suggestion(models.Model):
    """A follow-up suggested by an attendee. It has no name, and nobody learns who suggested it.

    `supporters` counts the other attendees who support it. `line` is the sign-up line that it was opened as.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for approval")
        OPEN = "open", _("Suggested")
        OPENED = "opened", _("Opened as a follow-up")
        DISMISSED = "dismissed", _("Dismissed")

    id = models.BigIntegerField(primary_key=True, default=new_suggestion_id, editable=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="suggestions")
    attendee = models.ForeignKey(
        Attendee, on_delete=models.SET_NULL, null=True, blank=True, related_name="suggestions"
    )
    title = models.CharField(_("title"), max_length=MAX_TITLE_LENGTH)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.OPEN)
    supporters = models.PositiveIntegerField(_("supporters"), default=0, editable=False)
    line = models.ForeignKey(
        SignUpLine, on_delete=models.SET_NULL, null=True, blank=True, related_name="suggestions"
    )
    suggested_at = models.DateTimeField(_("suggested at"))
    # Lets the last move be undone: the state before it, and when it happened.
    moved_from = models.CharField(max_length=9, blank=True, editable=False)
    moved_at = models.DateTimeField(null=True, blank=True, editable=False)
    version = models.PositiveBigIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("suggested follow-up")
        verbose_name_plural = _("suggested follow-ups")
        ordering = ["suggested_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "open", "opened", "dismissed"]),
                name="suggestion_state_is_known",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="suggestion_has_a_title"),
        ]

    def __str__(self) -> str:
        return self.title


class SuggestionSupport(models.Model):
    """An attendee's support for a suggested follow-up. It still counts once it has been made anonymous."""

    suggestion = models.ForeignKey(Suggestion, on_delete=models.CASCADE, related_name="supports")
    attendee = models.ForeignKey(
        Attendee, on_delete=models.CASCADE, null=True, blank=True, related_name="suggestion_supports"
    )

    class Meta:
        verbose_name = _("support of a suggested follow-up")
        verbose_name_plural = _("supports of suggested follow-ups")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["suggestion", "attendee"], name="suggestion_support_once_an_attendee"
            )
        ]

    def __str__(self) -> str:
        return f"{self.attendee}, {self.suggestion}"
