"""Registrations: who signed up for an event beforehand, and the figures that are printed of them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sessions.models.attendees import Attendee
from sessions.models.events import Event


class Registration(models.Model):
    """Somebody who registered for an event, once an e-mail address. Addresses are kept in lower case.

    `link_hash` is of the token of a personal link; `call_url` is the call's own, where its host gives one to each.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="registrations")
    email = models.EmailField(_("e-mail address"), max_length=254)
    name = models.CharField(_("name"), max_length=120, blank=True)
    company = models.CharField(_("company"), max_length=120, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    call_url = models.URLField(_("personal link to the call"), max_length=500, blank=True)
    link_hash = models.CharField(max_length=64, blank=True, editable=False)
    attendee = models.OneToOneField(
        Attendee, on_delete=models.SET_NULL, null=True, blank=True, related_name="registration"
    )
    is_demo = models.BooleanField(_("made up for a demo"), default=False)
    registered_at = models.DateTimeField(_("registered at"))

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["event", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "email"], name="registration_email_once_an_event"),
            models.UniqueConstraint(
                fields=["link_hash"], condition=~Q(link_hash=""), name="registration_link_is_one_persons"
            ),
            models.CheckConstraint(condition=~Q(email=""), name="registration_has_an_email"),
        ]

    def __str__(self) -> str:
        return self.name or self.email


class FigureNote(models.Model):
    """A figure that is printed in place of the one that is counted, and where it comes from."""

    class Figure(models.TextChoices):
        REGISTERED = "registered", _("Registered")
        JOINED = "joined", _("Joined")
        COMPANIES = "companies", _("Companies")
        COUNTRIES = "countries", _("Countries")

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="figure_notes")
    figure = models.CharField(_("figure"), max_length=10, choices=Figure.choices)
    shown = models.CharField(_("as it is printed"), max_length=20)
    source = models.CharField(_("where it comes from"), max_length=200)

    class Meta:
        verbose_name = _("note on a figure")
        verbose_name_plural = _("notes on figures")
        ordering = ["event", "figure"]
        constraints = [
            models.UniqueConstraint(fields=["event", "figure"], name="figure_note_once_a_figure"),
            models.CheckConstraint(
                condition=Q(figure__in=["registered", "joined", "companies", "countries"]),
                name="figure_note_figure_is_known",
            ),
            models.CheckConstraint(condition=~Q(shown="") & ~Q(source=""), name="figure_note_says_both"),
        ]

    def __str__(self) -> str:
        return f"{self.get_figure_display()}: {self.shown}"
