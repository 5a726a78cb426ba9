"""Rules for deleting personal data some days after an event."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sessions.programme.models import Event

MOST_DAYS = 3650


class RetentionRule(models.Model):
    """One category of data is kept this many days after the event. Without a rule it is kept until somebody erases it.

    `due_on` is the last deadline computed from the event's dates; `reckoned_at` is since when it has been that.
    """

    class Data(models.TextChoices):
        ATTENDEES = "attendees", _("Attendees’ names, companies and countries")
        AUTHORS = "authors", _("Who voted by name, asked, suggested or supported what")
        SIGN_UPS = "sign_ups", _("Names and email addresses under follow-ups")
        REGISTRATIONS = "registrations", _("Registrations")

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="retention_rules")
    data = models.CharField(_("data"), max_length=13, choices=Data.choices)
    days = models.PositiveSmallIntegerField(_("days after the event"))
    due_on = models.DateField(_("goes on"), null=True, blank=True, editable=False)
    reckoned_at = models.DateTimeField(_("reckoned at"), editable=False)

    class Meta:
        verbose_name = _("retention rule")
        verbose_name_plural = _("retention rules")
        ordering = ["event", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "data"], name="retention_rule_once_a_sort_of_data"),
            models.CheckConstraint(
                condition=Q(data__in=["attendees", "authors", "sign_ups", "registrations"]),
                name="retention_rule_data_is_known",
            ),
            models.CheckConstraint(
                condition=Q(days__gte=1, days__lte=MOST_DAYS), name="retention_rule_days_are_a_decade_at_most"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_data_display()}: {self.days}"
