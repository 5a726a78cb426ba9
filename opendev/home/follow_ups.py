"""Pages of sign-up lines: each line's permanent address, and an event's follow-ups."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from opendev.core.attendance import AttendeePass
from opendev.core.callers import caller_of, keep_pass
from opendev.core.errors import DomainError
from opendev.core.floods import check_sign_ups
from opendev.core.limits import check_address, check_limit, limited_networks
from opendev.core.parts import first_rows
from opendev.core.web.pages import mark
from opendev.room.lines import line_card
from opendev.room.pads import in_pad
from opendev.room.qr import qr_svg
from sessions.attendees.selectors import attendee_by_id
from sessions.attendees.services.joining import join_session
from sessions.audit.services import record_reading
from sessions.follow_ups.models import SignUp
from sessions.follow_ups.selectors import lines as follow_ups
from sessions.follow_ups.selectors.lines import LineWithNames, has_open_line
from sessions.follow_ups.services import sign_ups
from sessions.follow_ups.services.sign_ups import consent_words, default_contact_until, read_wish
from sessions.programme.services.rights import NotJoined

SAID = ("name", "company", "email")


@require_safe
@never_cache
def sign_up_line(request: HttpRequest, code: str) -> HttpResponse:
    """A line at its permanent address, and the form for signing up."""
    return _line_page(request, follow_ups.line_by_code(code))


def _line_page(
    request: HttpRequest, found: LineWithNames, *, refused: DomainError | None = None
) -> HttpResponse:
    line, event_id = found.line, found.line.session.event_id
    caller = caller_of(request, event_id)
    attendee = caller.attendee_of(event_id)
    card = line_card(found, attendee, in_pad(line, attendee))
    sees_all = follow_ups.sees_contacts(caller, line)
    now = timezone.now()
    until = default_contact_until(now)
    names = first_rows(found.names, request.GET)
    everybody = first_rows(_names_with_contacts(line.pk, now.date()) if sees_all else [], request.GET)
    addresses = sum(bool(address) for _name, address in everybody.rows)
    record_reading(caller=caller, event_id=event_id, subject=f"line {line.pk}", addresses=addresses)
    context: dict[str, Any] = {
        "event": line.session.event,
        "session": line.session,
        "card": card,
        "owner": line.owner,
        "address": line.get_absolute_url(),
        "names": names.rows,
        "more": everybody if sees_all else names,
        "unlisted": found.count - len(found.names),
        "everybody": everybody.rows,
        "sees_all": sees_all,
        "qr_svg": qr_svg(settings.PUBLIC_URL + line.get_absolute_url()),
        "contact_until": until,
        "own_contact_until": date.fromisoformat(card.mine["contact_until"])
        if card.mine.get("email")
        else None,
        "consent_words": consent_words(line.title, until),
        "back": _back(request),
        **_form_of(request, attendee, event_id, refused),
    }
    response = render(request, "home/sign_up_line.html", context, status=refused.status if refused else 200)
    return mark(response, refused) if refused else response


def _names_with_contacts(line_id: int, today: date) -> list[tuple[SignUp, str]]:
    names = follow_ups.names_under([line_id])
    return [(name, follow_ups.contact_of(name, today)) for name in names if name.removed_at is None]


def _form_of(
    request: HttpRequest, attendee: AttendeePass | None, event_id: int, refused: DomainError | None
) -> dict[str, Any]:
    """Return the form's values, as typed if it was refused, and its errors."""
    known = attendee_by_id(attendee.attendee_id, event_id) if attendee else None
    form: dict[str, Any] = {field: getattr(known, field, "") for field in SAID}
    if not refused:
        return {"form": form, "errors": {}, "error_code": ""}
    form = {field: request.POST.get(field, form[field]) for field in SAID}
    form["consent"] = request.POST.get("consent") == "yes"
    errors = {**refused.fields} or {"form": refused.message}
    return {"form": form, "errors": errors, "error_code": refused.code}


def _back(request: HttpRequest) -> str:
    """Return "room" if the form is in the room, else ""."""
    return "room" if (request.POST.get("back") or request.GET.get("back")) == "room" else ""


def _leave(request: HttpRequest, found: LineWithNames) -> HttpResponse:
    """Redirect to where the form was: to the line in the room, or to its own page."""
    if _back(request):
        return redirect(f"{found.line.session.get_absolute_url()}?tab=follow-ups#line-{found.line.pk}")
    return redirect(found.line)


def _read_post(posted: Mapping[str, str]) -> dict[str, Any]:
    """Return the form's fields as JSON has them. A single tap sends no fields."""
    given: dict[str, Any] = {field: posted[field] for field in SAID if field in posted}
    if posted.get("shown") in {"yes", "no"}:
        given["shown"] = posted["shown"] == "yes"
    if given.get("email"):
        given |= {"consent": posted.get("consent") == "yes", "contact_until": posted.get("contact_until")}
    return given


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def sign_up(request: HttpRequest, code: str) -> HttpResponse:
    """Sign up with one tap; people who have not given their name yet are asked for it, once per event."""
    found = follow_ups.line_by_code(code)
    session, now = found.line.session, timezone.now()
    known = caller_of(request, session.event_id).attendee_of(session.event_id)
    given = _read_post(request.POST)
    if request.method != "POST":
        return redirect(found.line)
    if not given and found.line.is_open and not follow_ups.has_signed_up(known):
        return redirect(f"{found.line.get_absolute_url()}{'?back=room' if _back(request) else ''}#sign-up")
    try:
        if known is None:
            check_address("join", request)
        else:
            check_limit("vote", str(known.attendee_id))
        with transaction.atomic():
            attendee = known or _join(found, now)
            check_sign_ups(networks=limited_networks(request), attendee=attendee, session_id=session.pk)
            wish = read_wish(given, line=str(found.line.pk), attendee=attendee, now=now)
            sign_ups.sign_up(wish=wish, now=now)
    except DomainError as refusal:
        return _line_page(request, found, refused=refusal)
    response = _leave(request, found)
    if known is None:
        keep_pass(response, attendee)
    return response


def _join(found: LineWithNames, now: datetime) -> AttendeePass:
    """Return the pass of somebody who joins by signing up; even after the session's end, while the line is open."""
    session_id = found.line.session_id
    return join_session(session_id=session_id, known=None, has_open_line=has_open_line(session_id), now=now)[
        1
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Withdraw the sign-up with one tap."""
    found = follow_ups.line_by_code(code)
    event_id, now = found.line.session.event_id, timezone.now()
    attendee = caller_of(request, event_id).attendee_of(event_id)
    if request.method != "POST":
        return redirect(found.line)
    try:
        if attendee is None:
            raise NotJoined
        check_limit("vote", str(attendee.attendee_id))
        line = str(found.line.pk)
        wish = read_wish({}, line=line, attendee=attendee, withdraws=True, now=now)
        sign_ups.sign_up(wish=wish, now=now)
    except DomainError as refusal:
        return _line_page(request, found, refused=refusal)
    return _leave(request, found)
