"""Events and their days."""

from typing import Any, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from opendev.core.languages import codes, offered
from opendev.core.zones import USUAL_ZONE, time_zones
from sessions.programme.models.embedding import site_of, validate_sites

RESERVED_SLUGS = frozenset(
    {
        "accounts",
        "admin",
        "api",
        "docs",
        "f",
        "healthz",
        "j",
        "join",
        "media",
        "metrics",
        "organise",
        "readyz",
    }
    | {"sign-in", "sign-out", "static", "ws"}
)


def validate_event_slug(slug: str) -> None:
    """Refuse slugs that are addresses of the product itself."""
    if slug in RESERVED_SLUGS:
        raise ValidationError(_("This address is reserved. Choose another."), code="reserved")


def validate_time_zone(name: str) -> None:
    """Refuse names that the time zone database does not know, and those that are not of a place."""
    if name not in time_zones():
        raise ValidationError(_("No time zone has this name."), code="unknown_time_zone")


def validate_language(code: str) -> None:
    """Refuse languages that the product does not offer."""
    if code not in codes():
        sentence, choices = _("Choose one of: %(choices)s."), {"choices": ", ".join(codes())}
        raise ValidationError(sentence, code="unknown_language", params=choices)


class Event(models.Model):
    """Something like "OpenDev: Containers in Production": a few days of sessions."""

    class Visibility(models.TextChoices):
        """Who may see an event and everything in it; see selectors/visibility.py."""

        DRAFT = "draft", _("Draft")  # its team
        UNLISTED = "unlisted", _("Unlisted")  # people with a link or a code
        PUBLIC = "public", _("Public")  # everybody

    slug = models.SlugField(_("address"), max_length=80, unique=True, validators=[validate_event_slug])
    name = models.CharField(_("name"), max_length=200)
    short_name = models.CharField(_("short name"), max_length=80, blank=True)
    series = models.CharField(_("series"), max_length=200, blank=True)
    summary = models.TextField(_("summary"), max_length=2000, blank=True)
    sponsors_line = models.CharField(_("thanks to sponsors"), max_length=300, blank=True)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="UTC", validators=[validate_time_zone]
    )
    # For shared texts: screens, results in pads, the recap. Without choices, since these are in the settings.
    language = models.CharField(
        _("language"), max_length=20, default="en-gb", db_default="en-gb", validators=[validate_language]
    )
    visibility = models.CharField(
        _("who can see it"),
        max_length=10,
        choices=Visibility.choices,
        default=Visibility.DRAFT,
        db_default=Visibility.DRAFT,
    )
    # One per line, as `read_sites` writes them.
    embed_sites = models.TextField(
        _("sites that may embed screens"),
        max_length=6000,
        blank=True,
        default="",
        db_default="",
        validators=[validate_sites],
    )
    # The session that is rehearsed here. Such an event is in no list, has no organisers, and is deleted afterwards.
    rehearses = models.OneToOneField(
        "Session",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="rehearsal",
        verbose_name=_("rehearses"),
    )
    is_demo = models.BooleanField(_("a demo: its figures are made up"), default=False)
    organisers = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="organised_events")

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(slug__in=sorted(RESERVED_SLUGS)),
                name="event_slug_is_not_an_address_of_ours",
            ),
            models.CheckConstraint(
                condition=models.Q(visibility__in=["draft", "unlisted", "public"]),
                name="event_visibility_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(rehearses__isnull=True) | models.Q(visibility="unlisted"),
                name="event_of_a_rehearsal_is_unlisted",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def from_db(cls, *args: Any, **more: Any) -> Self:
        """Return a stored event. If its zone is no longer allowed, or no longer exists, it is in UTC.

        Browsers abort a page's script on such a name, and calendars take it for the reader's own zone.
        """
        event = super().from_db(*args, **more)
        if "time_zone" in event.__dict__ and event.time_zone not in time_zones():
            event.time_zone = USUAL_ZONE
        return event

    def get_absolute_url(self) -> str:
        """Return the address of the programme."""
        return reverse("programme", kwargs={"event": self.slug})

    @property
    def zone(self) -> ZoneInfo:
        """The event's time zone."""
        return ZoneInfo(self.time_zone)

    @property
    def spoken_language(self) -> str:
        """The language of shared texts at the event: the event's, or the default."""
        return offered(self.language) or str(settings.LANGUAGE_CODE)

    @property
    def content_language(self) -> str:
        """The language of the event's own words, as a tag."""
        return self.spoken_language

    @property
    def sites_that_embed(self) -> list[str]:
        """The https origins whose pages may show this event's screens in a frame."""
        return [site for line in self.embed_sites.splitlines() if (site := site_of(line))]

    @property
    def committee(self) -> list[Any]:
        """The Programming Committee."""
        return list(self.people.filter(on_committee=True))

    @property
    def has_recap(self) -> bool:
        """Whether there is a public recap: the newest version, unless it was withdrawn."""
        newest = self.recap_versions.order_by("-number").values_list("withdrawn_at", flat=True)
        return list(newest[:1]) == [None]


MAKES_EVENTS = f"{Event._meta.app_label}.add_event"  # the permission to create events


class EventDay(models.Model):
    """One day of an event; sessions belong to a day."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="days")
    number = models.PositiveSmallIntegerField(_("number"))
    date = models.DateField(_("date"))

    class Meta:
        verbose_name = _("event day")
        verbose_name_plural = _("event days")
        ordering = ["event", "number"]
        constraints = [
            models.UniqueConstraint(fields=["event", "number"], name="event_day_number_once_an_event"),
            models.UniqueConstraint(fields=["event", "date"], name="event_day_date_once_an_event"),
        ]

    def __str__(self) -> str:
        return f"{self.event}, {self.number}"
