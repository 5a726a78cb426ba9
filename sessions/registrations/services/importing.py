"""Importing registrations, and overriding figures. For organisers.

A list is first read into its own rows, chunk by chunk. Then either all of it is imported, if every row is valid, or
only the valid rows, as chosen. Every chunk is a transaction of a few milliseconds, so that no vote waits for a list.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import Caller
from opendev.core.errors import Conflict, Malformed, NotFound
from opendev.core.text import clean_email, clean_line, clean_word, clean_yes_or_no
from sessions.attendees.services.passes import end_pass, open_pass_that_ended
from sessions.audit.models import AuditKind
from sessions.audit.services import record
from sessions.programme import selectors
from sessions.programme.models import Event
from sessions.programme.services.rights import check_organises
from sessions.registrations.models import FigureNote, Registration, RegistrationImport, RegistrationRow
from sessions.registrations.services.files import ReadRow, RegistrationList, read_list

CHUNK = 100  # rows per transaction
BREATH_S = 0.02  # between two of them, so that others get the lock or the processor
FIELDS = ("name", "company", "country", "call_url")
MOST_REMARKS, MAX_HEADING = 500, 120
MAX_SHOWN_LENGTH, MAX_SOURCE_LENGTH, MAX_FILE_NAME = 20, 200, 200
T = TypeVar("T")
State = RegistrationImport.State


class NotUnfinished(Conflict):
    code, message = "not_unfinished", _("This list has already been processed.")


def import_registrations(
    *, event_id: int, caller: Caller, content: bytes, name: str, skips_bad: bool, now: datetime
) -> RegistrationImport:
    """Read and import a list: all of it or nothing, or with `skips_bad` the valid rows.

    Rows with an existing email address are merged: their values replace the stored ones, and empty values leave
    them. It takes seconds; `RegistrationImport.read` and `taken_over` are its progress.

    Raises:
        NotFound, NotSignedIn, NotOrganiser
        Malformed: a file that cannot be read at all.
    """
    if not Event.objects.filter(pk=event_id).exists():
        raise NotFound
    check_organises(caller=caller, event_id=event_id)
    read = read_list(content)
    upload = _begin(event_id, caller, name, read, skips_bad=skips_bad, now=now)
    for chunk in _chunks(read.rows):
        _keep_rows(upload, chunk)
    return _take_over(upload, now)


@transaction.atomic
def _begin(
    event_id: int, caller: Caller, name: str, read: RegistrationList, *, skips_bad: bool, now: datetime
) -> RegistrationImport:
    upload = RegistrationImport.objects.create(
        event_id=event_id,
        name=name[:MAX_FILE_NAME],
        skips_bad=skips_bad,
        total=len(read.rows),
        left_out=read.left_out,
        report=_report_of(read),
        began_at=now,
        brought_by=selectors.name_of_user(caller.user_id or 0, event_id)[:150],
    )
    record(
        AuditKind.REGISTRATIONS_IMPORTED,
        caller=caller,
        event_id=event_id,
        subject=f"import {upload.pk}",
        rows=len(read.rows),
    )
    return upload


def _report_of(read: RegistrationList) -> dict[str, Any]:
    """Return how a list was read: its columns, sentences about it, and remarks about its rows."""
    columns = [
        {"column": column.place, "heading": column.heading[:MAX_HEADING], "field": column.field}
        for column in read.columns
        if column.heading
    ]
    remarks = [asdict(remark) for remark in read.remarks[:MOST_REMARKS]]
    return {"columns": columns, "notes": read.notes, "remarks": remarks}


def finish_import(*, import_id: int, caller: Caller, now: datetime) -> RegistrationImport:
    """Continue an interrupted import that had read all rows; a partly read one is refused. For organisers.

    Raises:
        NotFound, NotSignedIn, NotOrganiser
        NotUnfinished: it has finished.
    """
    upload = RegistrationImport.objects.filter(pk=import_id).first()
    if upload is None:
        raise NotFound
    check_organises(caller=caller, event_id=upload.event_id)
    if upload.state not in {State.READING, State.TAKING_OVER}:
        raise NotUnfinished
    if upload.read < upload.total:
        return _end(upload, State.REFUSED, now)
    return _take_over(upload, now)


def _chunks(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    for begin in range(0, len(rows), CHUNK):
        if begin:
            time.sleep(BREATH_S)
        yield rows[begin : begin + CHUNK]


@transaction.atomic
def _keep_rows(upload: RegistrationImport, rows: Sequence[ReadRow]) -> None:
    RegistrationRow.objects.bulk_create(
        RegistrationRow(
            brought=upload,
            number=row.number,
            wrong_field=row.wrong_field,
            reason=row.reason,
            value=row.value,
            **row.said,
        )
        for row in rows
    )
    upload.read += len(rows)
    upload.bad += sum(1 for row in rows if row.wrong_field)
    upload.save(update_fields=["read", "bad"])


def _take_over(upload: RegistrationImport, now: datetime) -> RegistrationImport:
    if upload.bad and not upload.skips_bad:
        return _end(upload, State.REFUSED, now)
    upload.state = State.TAKING_OVER
    upload.save(update_fields=["state"])
    right = RegistrationRow.objects.filter(brought=upload, wrong_field="").order_by("number")
    while rows := list(right[:CHUNK]):
        _take_over_rows(upload, rows, now)
        time.sleep(BREATH_S)
    return _end(upload, State.DONE, now)


@transaction.atomic
def _take_over_rows(upload: RegistrationImport, rows: Sequence[RegistrationRow], now: datetime) -> None:
    """Create registrations from rows, and delete these rows, in one transaction."""
    event_id, addresses = upload.event_id, {row.email for row in rows}
    there = {
        registration.email: registration
        for registration in Registration.objects.filter(event=event_id, email__in=addresses)
    }
    known = len(there)
    for row in rows:
        is_merged = row.email in there
        registration = there.setdefault(
            row.email, Registration(event_id=event_id, email=row.email, registered_at=now)
        )
        values = {field: value for field in FIELDS if (value := getattr(row, field))}
        upload.changed += is_merged and any(
            getattr(registration, name) != value for name, value in values.items()
        )
        for field, value in values.items():
            setattr(registration, field, value)
    Registration.objects.bulk_create(
        there.values(), update_conflicts=True, unique_fields=["event", "email"], update_fields=list(FIELDS)
    )
    RegistrationRow.objects.filter(pk__in=[row.pk for row in rows]).delete()
    upload.taken_over += len(rows)
    upload.added += len(there) - known
    upload.merged += len(rows) - (len(there) - known)
    upload.save(update_fields=["taken_over", "added", "merged", "changed"])


def _end(upload: RegistrationImport, state: str, now: datetime) -> RegistrationImport:
    """Finish the import; only its invalid rows stay, as its report."""
    upload.state, upload.ended_at = state, now
    upload.save(update_fields=["state", "ended_at"])
    left = RegistrationRow.objects.filter(brought=upload, wrong_field="")
    while rows := list(left.values_list("pk", flat=True)[:CHUNK]):
        RegistrationRow.objects.filter(pk__in=rows).delete()
    return upload


@transaction.atomic
def set_figure(*, event_id: int, caller: Caller, figure: Any, shown: Any, source: Any) -> FigureNote | None:
    """Override a figure with `shown` and its `source`; if both are empty, the counted one is shown. For organisers.

    Raises:
        NotFound, NotSignedIn, NotOrganiser
        Malformed: no such figure, one of the two without the other, or a text that is too long.
    """
    event = Event.objects.select_for_update(no_key=True).filter(pk=event_id).first()
    if event is None:
        raise NotFound
    check_organises(caller=caller, event_id=event_id)
    name = clean_word(figure, field="figure", choices=FigureNote.Figure.values)
    is_given = bool(str(shown or "").strip() or str(source or "").strip())
    values = {
        "shown": clean_line(shown, field="shown", most=MAX_SHOWN_LENGTH, required=is_given),
        "source": clean_line(source, field="source", most=MAX_SOURCE_LENGTH, required=is_given),
    }
    record(
        AuditKind.SETTINGS_CHANGED,
        caller=caller,
        event_id=event_id,
        subject=f"figure {name}",
        setting="figure",
        overridden=is_given,
    )
    if not is_given:
        FigureNote.objects.filter(event=event, figure=name).delete()
        return None
    note, _is_new = FigureNote.objects.update_or_create(event=event, figure=name, defaults=values)
    return note


@transaction.atomic
def set_personal_link(
    *, event_id: int, caller: Caller, email: Any, revoked: Any, now: datetime, passes_too: Any = False
) -> Registration:
    """Revoke somebody's personal link, or restore it. For organisers.

    People who joined by it stay, unless `passes_too` also revokes their pass, on all devices. Restoring the link
    restores the pass.

    Raises:
        NotFound, NotSignedIn, NotOrganiser
        Malformed: nobody registered with this address.
    """
    if not Event.objects.filter(pk=event_id).exists():
        raise NotFound
    check_organises(caller=caller, event_id=event_id)
    is_off = clean_yes_or_no(revoked, field="revoked")
    address = clean_email(email, field="email").lower()
    registrations = Registration.objects.select_for_update(no_key=True)
    registration = registrations.filter(event=event_id, email=address).first()
    if registration is None:
        sentence = _("Nobody registered with this address.")
        raise Malformed(sentence, fields={"email": sentence})
    ends_passes = is_off and clean_yes_or_no(passes_too, field="passes_too")
    ended_before, attendee = registration.link_revoked_at, registration.attendee
    if is_off != (ended_before is not None):
        registration.link_revoked_at = now if is_off else None
        registration.save(update_fields=["link_revoked_at"])
        record(
            AuditKind.LINK_REVOKED if is_off else AuditKind.LINK_RESTORED,
            caller=caller,
            event_id=event_id,
            subject=f"registration {registration.pk}",
            passes_too=ends_passes,
        )
    if ends_passes and attendee is not None:
        end_pass(attendee=attendee, now=registration.link_revoked_at or now, user_id=caller.user_id)
    if not is_off and attendee is not None:
        open_pass_that_ended(attendee=attendee, at=ended_before)
    return registration
