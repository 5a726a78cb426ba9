"""Questions from the room, and their upvotes."""

import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _

from sessions.attendees.models import Attendee
from sessions.programme.models import Session


def new_question_id() -> int:
    """Return a random 63-bit number: among consecutive numbers, a gap would reveal a hidden question."""
    return secrets.randbelow(2**63 - 1) + 1


class Question(models.Model):
    """A question that somebody asks.

    A merged question keeps its state and its votes, so that merging can be undone; while `merged_into` is set it is
    counted and shown as part of that one. `votes` is the number of people who want it answered, each counted once,
    however many of the merged questions they voted for.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for approval")
        OPEN = "open", _("Open")
        ON_AIR = "on_air", _("Being answered")
        ANSWERED = "answered", _("Answered")
        DISMISSED = "dismissed", _("Dismissed")

    id = models.BigIntegerField(primary_key=True, default=new_question_id, editable=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="questions")
    attendee = models.ForeignKey(
        Attendee, on_delete=models.SET_NULL, null=True, blank=True, related_name="questions"
    )
    text = models.CharField(_("question"), max_length=300)
    name = models.CharField(_("asked by"), max_length=120, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    answer = models.TextField(_("written answer"), max_length=4000, blank=True)
    pinned = models.BooleanField(_("pinned"), default=False)
    votes = models.PositiveIntegerField(_("votes"), default=0, editable=False)
    merged_into = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="merged"
    )
    asked_at = models.DateTimeField(_("asked at"))
    on_air_at = models.DateTimeField(_("on air at"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    # For undo: the last move's origin and time, the question that it took off the air, and the time of the merge.
    moved_from = models.CharField(max_length=10, blank=True, editable=False)
    moved_at = models.DateTimeField(null=True, blank=True, editable=False)
    displaced = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    merged_at = models.DateTimeField(null=True, blank=True, editable=False)
    dismissal = models.ForeignKey(
        "QuestionDismissal",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="questions",
        editable=False,
    )
    version = models.PositiveBigIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["session"],
                condition=models.Q(state="on_air"),
                name="question_on_air_once_a_session",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "open", "on_air", "answered", "dismissed"]),
                name="question_state_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into__isnull=True) | ~models.Q(merged_into=models.F("id")),
                name="question_is_not_merged_into_itself",
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into__isnull=True)
                | models.Q(state__in=["waiting", "open", "answered"]),
                name="question_merged_is_not_on_air",
            ),
            models.CheckConstraint(condition=~models.Q(text=""), name="question_says_something"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def merged_ids(self) -> list[int]:
        """The questions that were merged into it and visible to everybody before; loaded by the selectors."""
        return [other.pk for other in self.merged.all()]


class QuestionDismissal(models.Model):
    """Several questions that were dismissed together, so that this can be undone together."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="question_dismissals")
    at = models.DateTimeField(_("at"))
    actor_name = models.CharField(_("by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("dismissal of questions")
        verbose_name_plural = _("dismissals of questions")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.session}, {self.at:%H:%M}"


class QuestionVote(models.Model):
    """An attendee's upvote. An erased person's upvote has no attendee, and still counts."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="upvotes")
    attendee = models.ForeignKey(
        Attendee, on_delete=models.CASCADE, null=True, blank=True, related_name="question_votes"
    )

    class Meta:
        verbose_name = _("upvote")
        verbose_name_plural = _("upvotes")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["question", "attendee"], name="question_vote_once_an_attendee")
        ]

    def __str__(self) -> str:
        return f"{self.attendee}, {self.question}"
