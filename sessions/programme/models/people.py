"""People with a role in an event."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sessions.programme.models.events import Event
from sessions.programme.models.sessions import Session


class Person(models.Model):
    """Somebody with a role in an event, once per event; the role in each session is a SessionRole."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="people")
    slug = models.SlugField(_("address"), max_length=80)
    name = models.CharField(_("name"), max_length=120)
    company = models.CharField(_("company"), max_length=120, blank=True)
    title = models.CharField(_("job title"), max_length=120, blank=True)
    biography = models.TextField(_("about the person"), max_length=4000, blank=True)
    external_id = models.CharField(max_length=64, blank=True, editable=False)  # where they were imported from
    changed_at = models.DateTimeField(auto_now=True, null=True)  # calendars name the people of a session
    on_committee = models.BooleanField(_("on the Programming Committee"), default=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="event_people",
    )

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "slug"], name="person_slug_once_an_event"),
            models.UniqueConstraint(
                fields=["event", "user"],
                condition=models.Q(user__isnull=False),
                name="person_user_once_an_event",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def first_name(self) -> str:
        """The person's name in a sentence to the room."""
        return self.name.split(" ")[0]


class SessionRole(models.Model):
    """What a person does in a session."""

    class Role(models.TextChoices):
        HOST = "host", _("Host")
        PRESENTER = "presenter", _("Presenter")
        MODERATOR = "moderator", _("Moderator")
        HELPER = "helper", _("Helper")

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="roles")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    position = models.PositiveSmallIntegerField(_("position"), default=1)

    class Meta:
        verbose_name = _("role in a session")
        verbose_name_plural = _("roles in sessions")
        ordering = ["session", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "person", "role"], name="session_role_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=["host", "presenter", "moderator", "helper"]),
                name="session_role_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.get_role_display()})"
