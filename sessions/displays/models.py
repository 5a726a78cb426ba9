"""Links that open a session's presenter screen."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from sessions.programme.models import Session


class DisplayLink(models.Model):
    """A link for a machine that shows the presenter screen: read-only, without a sign-in, until it is revoked.

    Only a hash of its token is stored; the link is shown once.
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="display_links")
    name = models.CharField(_("name"), max_length=120, blank=True)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("display link")
        verbose_name_plural = _("display links")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name or f"{self._meta.verbose_name} {self.pk}"
