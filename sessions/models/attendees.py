"""Attendees: whoever joined, on one device."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from sessions.models.events import Event
from sessions.models.sessions import Session


class Attendee(models.Model):
    """Somebody who joined an event, one a device. What they say of themselves is optional."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="attendees")
    name = models.CharField(_("name"), max_length=120, blank=True)
    company = models.CharField(_("company"), max_length=120, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    joined_at = models.DateTimeField(_("joined at"))

    class Meta:
        verbose_name = _("attendee")
        verbose_name_plural = _("attendees")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name or f"{self._meta.verbose_name} {self.pk}"


class Attendance(models.Model):
    """An attendee came to a session."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="attendances")
    attendee = models.ForeignKey(Attendee, on_delete=models.CASCADE, related_name="attendances")
    joined_at = models.DateTimeField(_("joined at"))

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "attendee"], name="attendance_once_a_session")
        ]

    def __str__(self) -> str:
        return f"{self.attendee}, {self.session}"
