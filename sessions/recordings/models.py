"""The alignment of a session with its recording, and edited chapters."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sessions.programme.models import Session
from sessions.timeline.models import TimelineEntry


class Recording(models.Model):
    """How a session's recording is aligned with its timeline; its address is the session's `recording_url`.

    `offset_s` is the second of the recording at which the session starts; below 0 if the recording began later.
    """

    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="recording")
    offset_s = models.IntegerField(_("second at which the session starts"), default=0)

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")

    def __str__(self) -> str:
        return str(self.session)


class Chapter(models.Model):
    """A chapter that a moderator added, or changes to one from the timeline.

    Without an entry it is their own, `at_s` seconds after the start of the session. With one, an empty title and an
    `at_s` of None mean the timeline's values.
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="chapters")
    entry = models.ForeignKey(
        TimelineEntry, on_delete=models.CASCADE, null=True, blank=True, related_name="chapters"
    )
    at_s = models.IntegerField(_("seconds after the start"), null=True, blank=True)
    title = models.CharField(_("title"), max_length=200, blank=True)
    is_hidden = models.BooleanField(_("left out"), default=False)

    class Meta:
        verbose_name = _("chapter")
        verbose_name_plural = _("chapters")
        ordering = ["session", "at_s", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["entry"], name="chapter_once_an_entry"),
            models.CheckConstraint(
                condition=Q(entry__isnull=False) | (Q(at_s__isnull=False) & ~Q(title="")),
                name="chapter_of_its_own_has_a_time_and_a_title",
            ),
        ]

    def __str__(self) -> str:
        return self.title
