"""Starred sessions: personal lists at secret addresses."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from sessions.programme.models.events import Event
from sessions.programme.models.sessions import Session


class StarList(models.Model):
    """One browser's starred sessions of an event.

    Its calendar has a secret address that works without a sign-in; only a hash of the secret is stored.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="star_lists")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("list of starred sessions")
        verbose_name_plural = _("lists of starred sessions")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class Star(models.Model):
    """A session on such a list."""

    star_list = models.ForeignKey(StarList, on_delete=models.CASCADE, related_name="stars")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="stars")

    class Meta:
        verbose_name = _("star")
        verbose_name_plural = _("stars")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["star_list", "session"], name="star_once_a_session")]

    def __str__(self) -> str:
        return f"{self.star_list}, {self.session}"
