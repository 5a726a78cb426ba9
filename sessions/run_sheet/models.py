"""The run sheet: the moderators' plan of a session, item by item, and which item is running."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from sessions.follow_ups.models import SignUpLine
from sessions.programme.models import Session


class RunSheetItem(models.Model):
    """An item of a session's plan, with its planned minutes.

    `subject` is the id of the poll or sign-up line that it opens; it is not a foreign key, since polls are in an app
    that sessions does not know. `used_seconds` counts finished runs; the current one began at the run sheet's
    `since`.
    """

    class Kind(models.TextChoices):
        PROMPT = "prompt", _("Prompt")
        POLL = "poll", _("Poll")
        QUESTIONS = "questions", _("Questions")
        LINE = "line", _("Follow-up")
        NOTE = "note", _("Note")

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="run_sheet_items")
    position = models.PositiveSmallIntegerField(_("position"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    text = models.CharField(_("text"), max_length=300, blank=True)
    minutes = models.PositiveSmallIntegerField(_("planned minutes"), default=0)
    subject = models.BigIntegerField(_("subject"), null=True, blank=True)
    started_at = models.DateTimeField(_("first run at"), null=True, blank=True)
    used_seconds = models.PositiveIntegerField(_("seconds used"), default=0)

    class Meta:
        verbose_name = _("item of a run sheet")
        verbose_name_plural = _("items of run sheets")
        ordering = ["position", "pk"]
        indexes = [models.Index(fields=["session", "position"], name="item_in_its_run_sheet")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["prompt", "poll", "questions", "line", "note"]),
                name="item_kind_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["poll", "questions"]) | ~models.Q(text=""),
                name="item_says_something",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["poll", "line"]) | models.Q(subject__isnull=True),
                name="item_opens_poll_or_line",
            ),
        ]

    def __str__(self) -> str:
        return self.text or self.get_kind_display()


class RunSheet(models.Model):
    """Which item of a session runs, since when, and which ran before; created with the first item.

    `version` counts every change, for moderators; `running_version` only what everybody may see.
    """

    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="run_sheet")
    version = models.PositiveBigIntegerField(default=1, editable=False)
    running_version = models.PositiveBigIntegerField(default=1, editable=False)
    running = models.ForeignKey(
        RunSheetItem, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    since = models.DateTimeField(_("running since"), null=True, blank=True)
    # the last move, as long as it can be undone
    previous = models.ForeignKey(
        RunSheetItem, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    previous_since = models.DateTimeField(null=True, blank=True)
    # The move started the first run of its item.
    is_first_run = models.BooleanField(default=False, db_default=False)
    opened_line = models.ForeignKey(
        SignUpLine, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    moved_at = models.DateTimeField(null=True, blank=True)
    moved_by = models.CharField(_("moved by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("run sheet")
        verbose_name_plural = _("run sheets")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(running__isnull=True) | models.Q(since__isnull=False),
                name="running_item_has_a_beginning",
            )
        ]

    def __str__(self) -> str:
        return f"{self.session_id}: {self.running or ''}"
