"""A session's resources: links, pictures, and charts with their tables."""

from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sessions.programme.models.sessions import Session

WEB_ADDRESS = URLValidator(schemes=["http", "https"])


class Resource(models.Model):
    """A link, a picture at another address, or a chart. A chart's rows are `[[label, value], …]`, in their order."""

    class Kind(models.TextChoices):
        LINK = "link", _("Link")
        ATTACHMENT = "attachment", _("File")
        PICTURE = "picture", _("Picture")
        CHART = "chart", _("Chart")

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="resources")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.LINK)
    title = models.CharField(_("title"), max_length=200)
    url = models.URLField(_("address"), max_length=1000, blank=True, validators=[WEB_ADDRESS])
    note = models.CharField(_("source, or what is seen"), max_length=500, blank=True)
    unit = models.CharField(_("unit of the values"), max_length=40, blank=True)
    rows = models.JSONField(_("table"), default=list, blank=True)
    position = models.PositiveSmallIntegerField(_("place in the session"), default=1)

    class Meta:
        verbose_name = _("resource")
        verbose_name_plural = _("resources")
        ordering = ["session", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["link", "attachment", "picture", "chart"]),
                name="resource_kind_is_known",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="resource_has_a_title"),
            models.CheckConstraint(
                condition=Q(kind="chart") | ~Q(url=""), name="resource_that_is_no_chart_has_an_address"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def bars(self) -> list[dict[str, object]]:
        """The chart's rows with each bar's length as a share of the longest one, in per cent with a point."""
        most = max((float(value) for _label, value in self.rows), default=0.0)
        return [
            {"label": label, "value": value, "share": f"{100 * float(value) / most if most else 0:.1f}"}
            for label, value in self.rows
        ]
