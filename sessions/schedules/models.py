"""Schedule files that somebody previews before importing them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sessions.programme.models import Event


class ScheduleUpload(models.Model):
    """A file between its preview and its import, so that what was shown is imported. It is deleted afterwards."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="schedule_uploads")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("file name"), max_length=200, blank=True)
    content = models.BinaryField(_("content"))
    uploaded_at = models.DateTimeField(_("uploaded at"))

    class Meta:
        verbose_name = _("uploaded schedule")
        verbose_name_plural = _("uploaded schedules")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
