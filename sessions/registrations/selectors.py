"""Queries about registrations, and an event's figures."""

from dataclasses import dataclass

from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from opendev.core.errors import NotFound
from opendev.core.punctuation import in_figures, marks
from sessions.attendees.models import Attendee
from sessions.programme.models import Event
from sessions.registrations.lists import field_label
from sessions.registrations.models import FigureNote, Registration, RegistrationImport, RegistrationRow

EXACT_BELOW = 20
MOST_IMPORTS = 10
MOST_BAD_ROWS = 500  # listed in a report; more of them mean that it is the wrong file


@dataclass(frozen=True, slots=True)
class ReportField:
    """A remark about a row of a list, with the field's name for people."""

    row: int
    label: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """How a list was read: the columns that were used, with their fields, and those that were ignored."""

    brought: RegistrationImport
    used: list[tuple[str, str]]
    passed_over: list[str]
    notes: list[str]
    remarks: list[ReportField]
    wrong: list[ReportField]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of an event: as counted, as shown, and its source."""

    name: str
    counted: int
    shown: str
    source: str


def rounded_down(number: int) -> str:
    """Return a rounded number, "700+" for 706: at most two leading digits, never more than the true number."""
    if number < EXACT_BELOW:
        return str(number)
    step = 10
    while number >= step * 100:
        step *= 10
    floor = number // step * step
    written = in_figures(floor)
    return written if floor == number else f"{written}+"


def figures_of(event: Event) -> dict[str, Figure]:
    """Return registered, joined, companies and countries, in this order, with four queries.

    Companies and countries are those of registered people, or if nobody registered, of those who joined.
    """
    counts = _counts(event)
    made_up = _("made up for the demo") if event.is_demo else ""
    notes = {note.figure: note for note in FigureNote.objects.filter(event=event)}
    sources = {
        FigureNote.Figure.REGISTERED: _("Counted from %(count)d registrations"),
        FigureNote.Figure.JOINED: _("Counted from %(count)d people who joined"),
        FigureNote.Figure.COMPANIES: _("Counted from %(count)d companies that people gave"),
        FigureNote.Figure.COUNTRIES: _("Counted from %(count)d countries that people gave"),
    }
    found = {}
    for figure, source in sources.items():
        counted = counts[figure]
        said = source % {"count": counted} + (f"{marks().comma}{made_up}" if made_up else "")
        note = notes.get(figure)
        shown, said = (note.shown, note.source) if note else (rounded_down(counted), said)
        found[figure.value] = Figure(figure.value, counted, shown, said)
    return found


def _counts(event: Event) -> dict[str, int]:
    registrations = Registration.objects.filter(event=event)
    attendees = Attendee.objects.filter(event=event)
    registered = registrations.count()
    people = registrations if registered else attendees
    given = people.order_by().values_list(Lower("company"), "country")
    companies, countries = set(), set()
    for company, country in given:
        companies.add(company.strip())
        countries.add(country)
    return {
        FigureNote.Figure.REGISTERED: registered,
        FigureNote.Figure.JOINED: attendees.count(),
        FigureNote.Figure.COMPANIES: len(companies - {""}),
        FigureNote.Figure.COUNTRIES: len(countries - {""}),
    }


def registration_by_id(registration_id: int) -> Registration | None:
    """Return the registration with its event, or None."""
    return Registration.objects.select_related("event").filter(pk=registration_id).first()


def revoked_links_of(event_id: int) -> list[Registration]:
    """Return the registrations with revoked personal links, the latest first."""
    revoked = Registration.objects.filter(event=event_id, link_revoked_at__isnull=False)
    return list(revoked.order_by("-link_revoked_at", "-pk"))


def imports_of(event_id: int) -> list[RegistrationImport]:
    """Return the imports, newest first."""
    return list(RegistrationImport.objects.filter(event=event_id).order_by("-pk")[:MOST_IMPORTS])


def report_of(brought: RegistrationImport, *, with_rows: bool) -> ImportReport:
    """Return how a list was read, and the errors and omissions in its rows."""
    columns = brought.report.get("columns", [])
    remarks = brought.report.get("remarks", []) if with_rows else []
    wrong = bad_rows_of(brought.pk) if with_rows else []
    return ImportReport(
        brought,
        [(column["heading"], field_label(column["field"])) for column in columns if column["field"]],
        [column["heading"] for column in columns if not column["field"]],
        brought.report.get("notes", []),
        [ReportField(one["row"], field_label(one["field"]), one["value"], one["reason"]) for one in remarks],
        [ReportField(row.number, field_label(row.wrong_field), row.value, row.reason) for row in wrong],
    )


def import_of_event(import_id: int, event_id: int) -> RegistrationImport:
    """Return one of the event's imports.

    Raises:
        NotFound
    """
    found = RegistrationImport.objects.filter(pk=import_id, event=event_id).first()
    if found is None:
        raise NotFound
    return found


def bad_rows_of(import_id: int) -> list[RegistrationRow]:
    """Return the invalid rows in the order of the file: its report."""
    bad = RegistrationRow.objects.filter(brought=import_id).exclude(wrong_field="")
    return list(bad.order_by("number")[:MOST_BAD_ROWS])
