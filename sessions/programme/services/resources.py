"""A session's resources: links, pictures, and charts with their tables. For the event's organisers."""

import math
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import Caller
from opendev.core.errors import NotFound
from opendev.core.text import clean_line, clean_text, clean_word
from sessions.programme.models import Resource, Session
from sessions.programme.services import forms_read as read
from sessions.programme.services.locks import lock_event

MAX_ROWS = 40
HIGHEST = 10**12


def read_rows(value: Any, field: str) -> list[list[Any]]:
    """Return a chart's rows from lines such as "Kubernetes: 58"; the value follows the last colon or tab.

    Raises:
        Malformed: with the line.
    """
    rows = []
    for number, line in enumerate(clean_text(value, field=field, most=8000, required=False).split("\n"), 1):
        if not line.strip():
            continue
        label, _sign, figure = line.replace("\t", ":").rpartition(":")
        try:
            amount = float(figure.strip().removesuffix("%").replace(" ", ""))
        except ValueError:
            amount = math.nan
        if not label.strip() or not 0 <= amount <= HIGHEST:
            sentence = _("Line %(line)d: write a label, a colon and a number.") % {"line": number}
            raise read.wrong(field, sentence)
        rows.append(
            [clean_line(label, field=field, most=120), int(amount) if amount.is_integer() else amount]
        )
    if len(rows) > MAX_ROWS:
        raise read.wrong(field, _("A chart can have at most 40 rows."))
    return rows


FIELDS: read.Readers = {
    "title": read.a_line(200, required=True),
    "url": read.an_address(1000),
    "note": read.a_line(500),
    "unit": read.a_line(40),
    "rows": read_rows,
}


@transaction.atomic
def add_resource(*, session_id: int, caller: Caller, given: Mapping[str, Any]) -> Resource:
    """Add a link, a picture, a file or a chart to a session.

    Raises:
        NotFound, NotSignedIn, NotOrganiser
        Malformed: a chart without rows, anything else without an address.
    """
    session = _session(session_id, caller)
    kind = clean_word(given.get("kind"), field="kind", choices=Resource.Kind.values)
    values = read.read_fields({"title": None, **given}, FIELDS)
    if kind == Resource.Kind.CHART and not values.get("rows"):
        raise read.wrong("rows", _("A chart needs a table with one line for each bar."))
    if kind != Resource.Kind.CHART:
        values["rows"] = []
        if not values.get("url"):
            raise read.wrong("url", _("Give an address that begins with https://."))
    return Resource.objects.create(
        session=session, kind=kind, position=session.resources.count() + 1, **values
    )


@transaction.atomic
def remove_resource(*, session_id: int, caller: Caller, resource_id: int) -> None:
    """Remove a resource.

    Raises:
        NotFound, NotSignedIn, NotOrganiser
    """
    session = _session(session_id, caller)
    deleted, _rows = Resource.objects.filter(pk=resource_id, session=session).delete()
    if not deleted:
        raise NotFound


def _session(session_id: int, caller: Caller) -> Session:
    session = Session.objects.filter(pk=session_id).first()
    if session is None:
        raise NotFound
    lock_event(event_id=session.event_id, caller=caller)
    return session
