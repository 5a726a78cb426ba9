"""Attendees: people who joined, each on one device."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sessions.programme.models import Event, Session


class Attendee(models.Model):
    """Somebody who joined an event, one per device. Their personal data is optional."""

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


class RevokedPass(models.Model):
    """An attendee whose pass is invalid on all devices: it was revoked, or the person was erased.

    A pass is signed and not stored, so its end is stored. `attendee_id` is a number and not a reference, since
    the row outlives the attendee until the last pass has expired (opendev/core/attendance.py: PASS_LIFETIME_S).
    """

    attendee_id = models.BigIntegerField(primary_key=True)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="revoked_passes")
    revoked_at = models.DateTimeField(_("revoked at"))
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("revoked pass")
        verbose_name_plural = _("revoked passes")
        ordering = ["revoked_at", "pk"]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.attendee_id}"
