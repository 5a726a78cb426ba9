"""The audit log of an event, for its organisers: paginated, as a file, and by REST."""

import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.parts import REST_PART, read_cursor
from opendev.core.schema import READ, answers
from opendev.core.text import MAX_ID
from sessions.audit.models import AuditEntry, AuditKind
from sessions.audit.selectors import actors_of_event, all_entries, entries_of_event, groups
from sessions.audit.serializers import entry_json
from sessions.audit.services import record
from sessions.programme import selectors
from sessions.programme.endpoints import AFTER, Endpoint, last_of, part
from sessions.programme.pages import enter

PART = 100  # entries per page
GROUPS = {
    "sign_in": _("Sign-ins"),
    "rights": _("Rights and invitations"),
    "tokens": _("Tokens, links and passes"),
    "people": _("Exports and people’s data"),
    "imports": _("Imports"),
    "polls": _("Polls"),
    "recap": _("Recap"),
    "rehearsals": _("Rehearsals"),
    "settings": _("Settings"),
}
DETAILS = {
    "role": _("role"),
    "session": _("session"),
    "people": _("people"),
    "hidden": _("hidden results too"),
    "addresses": _("addresses"),
    "format": _("format"),
    "setting": _("setting"),
    "visibility": _("visible as"),
    "rows": _("rows"),
    "days": _("days"),
    "fields": _("fields"),
    "by": _("asked for by"),
    "answers": _("answers"),
    "added": _("added"),
    "removed": _("removed"),
    "attendees": _("attendees"),
    "votes": _("votes"),
    "questions": _("questions"),
    "suggestions": _("suggestions"),
    "sign_ups": _("sign-ups"),
    "timeline": _("timeline entries"),
}


@require_safe
@never_cache
def page(request: HttpRequest, event: str) -> HttpResponse:
    """The newest entries, or those of one kind or person."""
    found, _caller = enter(request, event)
    kind = request.GET.get("kind", "")
    group = kind if kind in GROUPS else ""
    actor, before = _number(request.GET.get("person", "")), _number(request.GET.get("before", ""))
    entries = entries_of_event(found.pk, group=group, actor=actor, before=before, most=PART + 1)
    names = {user: _name(user, found.pk) for user in actors_of_event(found.pk)}
    filters = {"kind": group, "person": actor or ""}
    older = urlencode({**filters, "before": entries[PART - 1].pk}) if len(entries) > PART else ""
    context: dict[str, Any] = {
        "event": found,
        "entries": [_row(entry, names) for entry in entries[:PART]],
        "groups": [(name, GROUPS[name]) for name in groups()],
        "names": sorted(names.items(), key=lambda pair: pair[1].casefold()),
        "group": group,
        "actor": actor,
        "older": older,
        "is_filtered": bool(group or actor),
    }
    return render(request, "home/organise/audit.html", context)


def _number(text: str) -> int | None:
    is_number = text.isascii() and text.isdigit() and len(text) <= 19
    return int(text) if is_number and int(text) <= MAX_ID else None


def _name(user: int, event_id: int) -> str:
    return selectors.name_of_user(user, event_id) or str(_("User %(number)d") % {"number": user})


def _row(entry: AuditEntry, names: dict[int, str]) -> dict[str, Any]:
    """Return what the page shows for an entry."""
    known = entry.kind in AuditKind.values
    word, _space, number = entry.subject.partition(" ")
    user = int(number) if word == "user" and number.isdigit() else None
    return {
        "at": entry.at,
        "what": AuditKind(entry.kind).label if known else entry.kind,
        "subject": (names.get(user) or selectors.name_of_user(user)) if user is not None else entry.subject,
        "details": ", ".join(_said(name, value) for name, value in entry.details.items() if value),
        "by": names.get(entry.actor, "") if entry.actor is not None else "",
        "network": entry.network,
    }


def _said(name: str, value: Any) -> str:
    label = str(DETAILS.get(name, name.replace("_", " ")))
    return label if value is True else f"{label} {value}"


@require_safe
@never_cache
def download(request: HttpRequest, event: str) -> HttpResponseBase:
    """All of an event's entries, oldest first, as one JSON object per line."""
    found, caller = enter(request, event)
    record(AuditKind.EXPORTED, caller=caller, event_id=found.pk, subject="audit log", format="jsonl")
    response = StreamingHttpResponse(lines(all_entries(found.pk)), content_type="application/x-ndjson")
    response["Content-Disposition"] = f'attachment; filename="{found.slug}-audit.jsonl"'
    return response


def lines(entries: Iterable[AuditEntry]) -> Iterator[str]:
    """Yield each entry as a line of JSON."""
    for entry in entries:
        yield json.dumps(entry_json(entry), ensure_ascii=False) + "\n"


class AuditEntryShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(AuditKind.choices)
    event = serializers.CharField(allow_null=True)
    actor = serializers.CharField(
        allow_null=True, help_text="the user's number; null for commands and the clock"
    )
    network = serializers.CharField(allow_blank=True, help_text="an IPv4 address, or an IPv6 /64")
    request = serializers.CharField(allow_blank=True, help_text="the id in the server's log")
    subject = serializers.CharField(allow_blank=True)
    details = serializers.DictField(child=serializers.JSONField())


class AuditLogShape(serializers.Serializer[Any]):
    results = AuditEntryShape(many=True)
    next = serializers.CharField(allow_null=True)


class AuditOfEvent(Endpoint):
    """Who did what in an event."""

    @extend_schema(
        operation_id="event_audit_list",
        parameters=[AFTER],
        responses=answers(AuditLogShape, refusals=(400, *READ, 403)),
    )
    def get(self, request: Request, slug: str) -> Response:
        """List the audit log in parts of up to 100, newest first. For organisers."""
        event, _caller = self.organised(slug)
        cursor = read_cursor(request.query_params)
        entries = entries_of_event(event.pk, before=cursor[1] if cursor else None, most=REST_PART)
        last = last_of(entries, lambda entry: (entry.at, entry.pk))
        return part([entry_json(entry) for entry in entries], request, last)
