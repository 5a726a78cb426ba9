"""Where a session's shared notes are."""

from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from sessions.models import Session


class EtherpadLink(models.Model):
    """A session's Etherpad: any server, by its address."""

    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="etherpad_link")
    url = models.CharField(_("address"), max_length=500, validators=[URLValidator(schemes=["http", "https"])])

    class Meta:
        verbose_name = _("etherpad link")
        verbose_name_plural = _("etherpad links")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(url__startswith="http://") | models.Q(url__startswith="https://"),
                name="etherpad_link_is_http_or_https",
            ),
        ]

    def __str__(self) -> str:
        return self.url
