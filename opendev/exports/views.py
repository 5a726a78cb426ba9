"""Exports as files, and the page where organisers choose what to export."""

from collections.abc import Mapping, Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from opendev.core.attendance import Caller
from opendev.core.callers import caller_of
from opendev.core.errors import Malformed, NotFound
from opendev.core.languages import chosen_in, shared_language, speaking
from opendev.core.text import clean_word, id_in_address
from opendev.exports.services import record_export
from opendev.exports.tables import Asked, Scope, Table, tables_of
from opendev.exports.writing import FORMATS
from polls.selectors import poll_by_id
from sessions.programme import selectors
from sessions.programme.pages import enter
from sessions.programme.services.rights import check_moderates

ON, OFF = "1", "0"


def asked(query: Mapping[str, str]) -> Asked:
    """Return which data was requested beyond what everybody may see.

    Raises:
        Malformed: neither "0" nor "1".
    """
    said = {
        name: clean_word(query.get(name, OFF), field=name, choices=[OFF, ON]) for name in ("hidden", "people")
    }
    return Asked(hidden=said["hidden"] == ON, people=said["people"] == ON)


@require_safe
@never_cache
def choose(request: HttpRequest, event: str) -> HttpResponse:
    """The page of exports. For organisers."""
    found, _caller = enter(request, event)
    context = {
        "event": found,
        "sessions": selectors.sessions_of(found),
        "formats": FORMATS,
        "query": request.GET,
    }
    return render(request, "exports/choose.html", context)


@require_safe
@never_cache
def event_file(request: HttpRequest, event: str, form: str) -> HttpResponseBase:
    """All of an event. For organisers."""
    found, caller = enter(request, event)
    scope = Scope(
        selectors.sessions_of(found), event_id=found.pk, today=timezone.now().date(), asked=asked(request.GET)
    )
    return _file(request, caller, scope, form, found.slug, found.spoken_language)


@require_safe
@never_cache
def session_file(request: HttpRequest, event: str, session: str, form: str) -> HttpResponseBase:
    """All of a session. For moderators."""
    found = selectors.session_by_slug(event, session)
    caller = caller_of(request, found.event_id)
    check_moderates(caller=caller, session_id=found.pk)
    scope = Scope([found], today=timezone.now().date(), asked=asked(request.GET))
    return _file(request, caller, scope, form, found.slug, found.spoken_language)


@require_safe
@never_cache
def poll_file(request: HttpRequest, event: str, session: str, poll: str, form: str) -> HttpResponseBase:
    """One poll. For moderators."""
    found = selectors.session_by_slug(event, session)
    caller = caller_of(request, found.event_id)
    check_moderates(caller=caller, session_id=found.pk)
    one = poll_by_id(id_in_address(poll), session_id=found.pk)
    scope = Scope([found], [one], asked=asked(request.GET))
    return _file(request, caller, scope, form, f"{found.slug}-poll-{one.pk}", found.spoken_language)


def _file(
    request: HttpRequest, caller: Caller, scope: Scope, form: str, name: str, spoken: str
) -> HttpResponseBase:
    """Return the file, streamed; `Export-Rows` says how many rows it will have.

    Args:
        spoken: the language of the place, which the file is in unless the caller has chosen another.
    """
    if form not in FORMATS:
        raise NotFound
    kind = FORMATS[form]
    language = chosen_in(request.GET, request.COOKIES) or spoken
    with shared_language(language):
        tables = tables_of(scope)
    if not kind.holds_all:
        tables = [_wanted(tables, request.GET.get("table", tables[0].name))]
        name = f"{name}-{tables[0].name}"
    record_export(scope=scope, caller=caller, form=form)
    response = StreamingHttpResponse(speaking(language, kind.write(tables)), content_type=kind.content_type)
    response["Content-Language"] = language
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    response["Export-Rows"] = str(sum(table.count for table in tables))
    return response


def _wanted(tables: Sequence[Table], name: str) -> Table:
    """Return the table of this name.

    Raises:
        Malformed: there is none, or it needs `people`.
    """
    found = next((table for table in tables if table.name == name), None)
    if found is None:
        sentence = _("Choose one of: %(choices)s.") % {"choices": ", ".join(table.name for table in tables)}
        raise Malformed(sentence, fields={"table": sentence})
    return found
