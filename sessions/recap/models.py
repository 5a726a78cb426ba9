"""The recap: the draft that was made from the data, editors' changes, and published versions."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sessions.programme.models import Event, Session

MAX_PARAGRAPH_LENGTH = 6000
MAX_KEY_LENGTH = 80


class SessionSummary(models.Model):
    """A session's summary in its moderators' words, for the recap; numbers come from elsewhere."""

    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="summary")
    opening = models.TextField(_("how it opened"), max_length=2000, blank=True)
    discussion = models.TextField(_("what was discussed"), max_length=MAX_PARAGRAPH_LENGTH, blank=True)
    onward = models.TextField(_("where the work goes on"), max_length=2000, blank=True)
    written_at = models.DateTimeField(_("written at"))
    written_by = models.CharField(_("written by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("session summary")
        verbose_name_plural = _("session summaries")

    def __str__(self) -> str:
        return str(self.session)


class NextStep(models.Model):
    """An upcoming event, or an earlier one to catch up on, listed at the end of the recap."""

    class Kind(models.TextChoices):
        EARLIER = "earlier", _("Earlier event of the series")
        UPCOMING = "upcoming", _("Upcoming event")

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="next_steps")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=200)
    text = models.CharField(_("what there is to know"), max_length=500, blank=True)
    starts_on = models.DateField(_("first day"), null=True, blank=True)
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    url = models.URLField(_("address"), max_length=500, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=1)

    class Meta:
        verbose_name = _("next step")
        verbose_name_plural = _("next steps")
        ordering = ["event", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["earlier", "upcoming"]), name="next_step_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True)
                | Q(starts_on__isnull=False, ends_on__gte=models.F("starts_on")),
                name="next_step_ends_after_it_starts",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="next_step_has_a_title"),
        ]

    def __str__(self) -> str:
        return self.title


class RecapDraft(models.Model):
    """The last draft of the recap from the data: a list of paragraphs, each with a stable key."""

    event = models.OneToOneField(Event, on_delete=models.CASCADE, related_name="recap_draft")
    language = models.CharField(_("language"), max_length=20, default="en-gb", db_default="en-gb")
    paragraphs = models.JSONField(_("paragraphs"))
    drafted_at = models.DateTimeField(_("drafted at"))
    drafted_by = models.CharField(_("drafted by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("draft of a recap")
        verbose_name_plural = _("drafts of recaps")

    def __str__(self) -> str:
        return str(self.event)

    @property
    def content_language(self) -> str:
        """Its language, as a tag."""
        return self.language


class RecapEdit(models.Model):
    """An editor's change of one paragraph. Never updated: the newest of a paragraph counts, the others are history.

    `base` is the drafted text that the editor saw: if the draft has changed since, both are shown.
    A `text` of None means the drafted one.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="recap_edits")
    key = models.CharField(_("paragraph"), max_length=MAX_KEY_LENGTH)
    text = models.TextField(_("text"), max_length=MAX_PARAGRAPH_LENGTH, null=True, blank=True)  # noqa: DJ001  # "" is a text
    base = models.TextField(_("drafted text it was made from"), blank=True)
    is_left_out = models.BooleanField(_("left out"), default=False)
    edited_at = models.DateTimeField(_("edited at"))
    edited_by = models.CharField(_("edited by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("edit of a recap")
        verbose_name_plural = _("edits of recaps")
        ordering = ["pk"]
        indexes = [models.Index(fields=["event", "key"], name="recap_edit_of_paragraph")]

    def __str__(self) -> str:
        return self.key


class RecapVersion(models.Model):
    """A published version of the recap. Which of its names, results and questions may be read is checked on reading."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="recap_versions")
    number = models.PositiveIntegerField(_("number"))
    language = models.CharField(_("language"), max_length=20, default="en-gb", db_default="en-gb")
    paragraphs = models.JSONField(_("paragraphs"))
    published_at = models.DateTimeField(_("published at"))
    published_by = models.CharField(_("published by"), max_length=150, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("version of a recap")
        verbose_name_plural = _("versions of recaps")
        ordering = ["event", "number"]
        constraints = [
            models.UniqueConstraint(fields=["event", "number"], name="recap_version_number_once_an_event"),
            models.CheckConstraint(condition=Q(number__gte=1), name="recap_version_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.event}, {self.number}"
