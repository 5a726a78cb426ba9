"""Registrations: people who registered for an event in advance, imports of lists, and overridden figures."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sessions.attendees.models import Attendee
from sessions.programme.models import Event


class Registration(models.Model):
    """Somebody who registered for an event, one per email address. Addresses are stored in lower case.

    `call_url` is the call's own link for this person, if its host gives one to each. The link with which they join
    here is signed and not stored (sessions/registrations/links.py).
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="registrations")
    email = models.EmailField(_("e-mail address"), max_length=254)
    name = models.CharField(_("name"), max_length=120, blank=True)
    company = models.CharField(_("company"), max_length=120, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    call_url = models.URLField(_("personal link to the call"), max_length=500, blank=True)
    attendee = models.OneToOneField(
        Attendee, on_delete=models.SET_NULL, null=True, blank=True, related_name="registration"
    )
    is_demo = models.BooleanField(_("made up for a demo"), default=False)
    registered_at = models.DateTimeField(_("registered at"))
    link_revoked_at = models.DateTimeField(_("personal link revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["event", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "email"], name="registration_email_once_an_event"),
            models.CheckConstraint(condition=~Q(email=""), name="registration_has_an_email"),
        ]

    def __str__(self) -> str:
        return self.name or self.email


class RegistrationImport(models.Model):
    """The import of a list of registrations: first read into rows, and imported once all have been read.

    `report` tells the organiser how the list was read: `columns` (position, heading, field), `notes`
    (sentences) and `remarks` (row, field, value, reason). It contains no address and no name from a row.
    """

    class State(models.TextChoices):
        READING = "reading", _("Being read")
        TAKING_OVER = "taking_over", _("Being taken over")
        DONE = "done", _("Done")
        REFUSED = "refused", _("Nothing taken over")

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="registration_imports")
    name = models.CharField(_("file"), max_length=200, blank=True)
    skips_bad = models.BooleanField(_("takes the rest over where rows are wrong"), default=False)
    state = models.CharField(_("state"), max_length=11, choices=State.choices, default=State.READING)
    total = models.PositiveIntegerField(_("rows in the file"), default=0)
    read = models.PositiveIntegerField(_("rows read"), default=0)
    taken_over = models.PositiveIntegerField(_("rows taken over"), default=0)
    added = models.PositiveIntegerField(_("registrations added"), default=0)
    merged = models.PositiveIntegerField(_("rows merged by e-mail address"), default=0)
    changed = models.PositiveIntegerField(
        _("merged rows that changed a registration"), default=0, db_default=0
    )
    bad = models.PositiveIntegerField(_("rows that are wrong"), default=0)
    left_out = models.PositiveIntegerField(_("rows that are no registrations"), default=0, db_default=0)
    report = models.JSONField(_("how the file was read"), default=dict, db_default={}, blank=True)
    began_at = models.DateTimeField(_("began at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    brought_by = models.CharField(_("brought by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("import of registrations")
        verbose_name_plural = _("imports of registrations")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["reading", "taking_over", "done", "refused"]),
                name="registration_import_state_is_known",
            )
        ]

    def __str__(self) -> str:
        return self.name


class RegistrationRow(models.Model):
    """A row of a list, until it is imported; invalid rows stay, as the report of what was wrong."""

    brought = models.ForeignKey(RegistrationImport, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(_("row"))
    email = models.CharField(_("e-mail address"), max_length=254, blank=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    company = models.CharField(_("company"), max_length=120, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    call_url = models.CharField(_("personal link to the call"), max_length=500, blank=True)
    wrong_field = models.CharField(_("field that is wrong"), max_length=20, blank=True)
    reason = models.CharField(_("what is wrong"), max_length=200, blank=True)
    value = models.CharField(_("value that is wrong"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of an import")
        ordering = ["brought", "number"]

    def __str__(self) -> str:
        return f"{self.number}"


class FigureNote(models.Model):
    """A figure that is shown instead of the counted one, and its source."""

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
