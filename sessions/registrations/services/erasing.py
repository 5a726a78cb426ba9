"""Erasing registrations, and keeping the figures that were counted from them."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from opendev.core.languages import shared_language
from opendev.core.write_ahead_log import empty_log_after_commit
from sessions.programme.models import Event
from sessions.registrations.models import FigureNote, Registration, RegistrationRow
from sessions.registrations.selectors import figures_of


@transaction.atomic
def erase_registration(*, registration: Registration) -> None:
    """Erase a registration, and its address in reports of imports; its personal link no longer works."""
    rows = RegistrationRow.objects.filter(brought__event=registration.event_id)
    rows.filter(Q(email__iexact=registration.email) | Q(value__icontains=registration.email)).delete()
    registration.delete()
    empty_log_after_commit()


@transaction.atomic
def erase_registrations(*, event_id: int, most: int) -> tuple[dict[str, int], list[Registration]]:
    """Erase up to this many registrations of an event, and this many rows of import reports.

    Returns how many of each, and the registrations.
    """
    rows = RegistrationRow.objects.filter(brought__event=event_id).order_by("pk")
    bad = list(rows.values_list("pk", flat=True)[:most])
    registrations = list(Registration.objects.filter(event=event_id).order_by("pk")[:most])
    RegistrationRow.objects.filter(pk__in=bad).delete()
    Registration.objects.filter(pk__in=[each.pk for each in registrations]).delete()
    if bad or registrations:
        empty_log_after_commit()
    return {"registrations": len(registrations), "rows_of_imports": len(bad)}, registrations


@transaction.atomic
def keep_figures(*, event: Event, figures: Collection[str]) -> None:
    """Store figures as they are shown, before the rows that they are counted from are deleted. Existing notes stay."""
    with shared_language(event.language):  # everybody reads them
        source = _("Counted before people’s data was deleted")
    for name, figure in figures_of(event).items():
        if name in figures and figure.counted:
            fields = {"shown": figure.shown, "source": source}
            FigureNote.objects.get_or_create(event=event, figure=name, defaults=fields)
