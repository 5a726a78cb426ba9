"""What happened in a session, in the order in which it happened."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from sessions.programme.models import Session


class TimelineEntry(models.Model):
    """One action in a session, by somebody or automatic. It is written once and not changed (guards.py).

    It names moderators, never attendees: nothing in it may link a person to a ballot. `subject` is the id of the
    affected object, as text, and `title` its title at that time; both are "" for the session itself.
    """

    class Verb(models.TextChoices):
        SESSION_STARTED = "session.started", _("The session started")
        SESSION_ENDED = "session.ended", _("The session ended")
        SESSION_SET_BACK = "session.set_back", _("The start was taken back")
        POLL_LAUNCHED = "poll.launched", _("A poll was launched")
        POLL_REVEALED = "poll.revealed", _("Results were revealed")
        POLL_CLOSED = "poll.closed", _("A poll was closed")
        POLL_PUBLISHED = "poll.published", _("Results were published")
        POLL_SET_BACK = "poll.set_back", _("An act with a poll was taken back")
        POLL_REWORDED = "poll.reworded", _("A poll was reworded after the first vote; before")
        POLL_RIGHT_CHANGED = "poll.right_changed", _("A right answer was changed after the launch")
        POLL_RIGHT_REVEALED = "poll.right_revealed", _("A right answer was revealed")
        POLL_PROMOTED = "poll.promoted", _("What people wrote became an option")
        QUESTION_ON_AIR = "question.on_air", _("A question went on air")
        QUESTION_ANSWERED = "question.answered", _("A question was answered")
        QUESTION_SET_BACK = "question.set_back", _("An act with a question was taken back")
        LINE_OPENED = "line.opened", _("A follow-up was opened")
        SUGGESTION_OPENED = "suggestion.opened", _("A suggestion from the room was taken up")
        SUGGESTION_SET_BACK = "suggestion.set_back", _("Taking up a suggestion was undone")
        ITEM_STARTED = "item.started", _("An item of the run sheet began")
        ITEM_SET_BACK = "item.set_back", _("A step of the run sheet was taken back")

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="timeline")
    at = models.DateTimeField(_("at"))
    verb = models.CharField(_("what"), max_length=20, choices=Verb.choices)
    subject = models.CharField(_("subject"), max_length=20, blank=True)
    title = models.CharField(_("title"), max_length=300, blank=True)
    actor = models.BigIntegerField(
        _("user"), null=True, blank=True
    )  # no foreign key: deleting a user changes nothing
    actor_name = models.CharField(_("by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("timeline entry")
        verbose_name_plural = _("timeline")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    verb__in=[
                        "session.started",
                        "session.ended",
                        "session.set_back",
                        "poll.launched",
                        "poll.revealed",
                        "poll.closed",
                        "poll.published",
                        "poll.set_back",
                        "poll.reworded",
                        "poll.right_changed",
                        "poll.right_revealed",
                        "poll.promoted",
                        "question.on_air",
                        "question.answered",
                        "question.set_back",
                        "line.opened",
                        "suggestion.opened",
                        "suggestion.set_back",
                        "item.started",
                        "item.set_back",
                    ]
                ),
                name="timeline_verb_is_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.at:%H:%M} {self.get_verb_display()} {self.title}".strip()
