"""The control room's sign-up lines: every action is a form that works without JavaScript."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from opendev.core.attendance import Caller
from opendev.core.errors import DomainError, NotFound
from opendev.core.parts import first_rows
from opendev.core.text import clean_id, id_in_address
from opendev.core.web.typed import compare, seen_of, shown
from opendev.room.control import act, enter, show
from opendev.room.posting import posted_from
from sessions.follow_ups.models import SignUpLine
from sessions.follow_ups.selectors import groups as follow_up_groups
from sessions.follow_ups.selectors import lines as follow_ups
from sessions.follow_ups.selectors.lines import LineWithNames
from sessions.follow_ups.services.lines import edit_line, open_line, remove_name, restore_name
from sessions.follow_ups.services.pad_names import join_pad_name, part_pad_name
from sessions.programme.models import Session

FIELDS = ("title", "summary", "announced_line", "owner")


def _read_form(request: HttpRequest) -> dict[str, Any]:
    """Return the form's fields in their JSON form; an empty number or owner is None."""
    given: dict[str, Any] = {field: request.POST[field] for field in FIELDS if field in request.POST}
    number = given.get("announced_line", "").strip()
    if "announced_line" in given:
        is_number = number.isascii() and number.isdigit() and len(number) <= 9
        given["announced_line"] = int(number) if is_number else number or None
    if given.get("owner") == "":
        given["owner"] = None
    return given


def _line_here(session: Session, line: str) -> LineWithNames:
    """Return a line of this session; 404 if it belongs to another session."""
    found = follow_ups.line_with_names(id_in_address(line))
    if found.line.session_id != session.pk:
        raise NotFound
    return found


@posted_from("control")
def line_add(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Open a line in one action. An error keeps the typed text."""
    found, caller = enter(request, event, session)
    given = _read_form(request)
    try:
        open_line(session_id=found.pk, caller=caller, given=given, now=timezone.now())
    except DomainError as refusal:
        kept = {field: request.POST.get(field, "") for field in FIELDS}
        errors = refusal.fields or {"title": refusal.message}
        return show(
            request,
            found,
            status=refusal.status,
            new_line=kept,
            line_errors=errors,
            line_code=refusal.code,
        )
    return redirect(found.address("control") + "#follow-ups")


@posted_from("control")
def line_state(request: HttpRequest, event: str, session: str, line: str) -> HttpResponse:
    """Close a line, or reopen it."""
    given = {"state": request.POST.get("state")}
    return act(
        request,
        event,
        session,
        lambda found, caller: edit_line(
            line_id=_line_here(found, line).line.pk, caller=caller, given=given, now=timezone.now()
        ),
        anchor="#follow-ups",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def line_edit(request: HttpRequest, event: str, session: str, line: str) -> HttpResponse:
    """Edit a line: its texts, the announced number, its owner, and all names on it."""
    found, caller = enter(request, event, session)
    here = _line_here(found, line)
    if request.method != "POST":
        return _edit_page(request, found, here)
    try:
        _save_typed(request, here, caller)
    except DomainError as refusal:
        return _edit_page(request, found, _line_here(found, line), refused=refusal)
    return redirect(found.address("control") + "#follow-ups")


def _boxes(line: SignUpLine) -> dict[str, str]:
    """Return the values of the boxes of a line's form."""
    number = "" if line.announced_line is None else str(line.announced_line)
    owner = str(line.owner_id or "")
    return {"title": line.title, "summary": line.summary, "announced_line": number, "owner": owner}


@transaction.atomic
def _save_typed(request: HttpRequest, here: LineWithNames, caller: Caller) -> None:
    """Save the boxes that were changed.

    Raises:
        EditedMeanwhile: somebody else changed one of these.
        What the service raises.
    """
    standing = SignUpLine.objects.select_for_update(no_key=True).get(pk=here.line.pk)
    changes = compare(request.POST, _boxes(standing))
    changes.check(ids=["owner"])
    given = {field: read for field, read in _read_form(request).items() if field in changes.changed}
    if given:
        edit_line(line_id=here.line.pk, caller=caller, given=given, now=timezone.now())


def _edit_page(
    request: HttpRequest, session: Session, here: LineWithNames, *, refused: DomainError | None = None
) -> HttpResponse:
    line, today = here.line, timezone.now().date()
    names = follow_ups.names_under([line.pk])
    shown_names = first_rows([name for name in names if name.removed_at is None], request.GET)
    removed = first_rows([name for name in names if name.removed_at is not None], request.GET)
    context = {
        "event": session.event,
        "session": session,
        "line": line,
        "count": here.count,
        "form": shown(request.POST, _boxes(line)),
        "seen": seen_of(_boxes(line)),
        "unsaved": "yes" if refused else "",
        "people": follow_up_groups.people_of(session.event_id),
        "names": [(name, follow_ups.contact_of(name, today)) for name in shown_names.rows],
        "more_names": shown_names,
        "removed": removed,
        "alike": follow_ups.people_like(
            [name for name in shown_names.rows if name.is_claim], session.event_id
        ),
        "errors": (refused.fields or {"form": refused.message}) if refused else {},
        "error_code": refused.code if refused else "",
    }
    return render(request, "room/line_edit.html", context, status=refused.status if refused else 200)


def _name_here(here: LineWithNames, request: HttpRequest) -> int:
    """Return the id of the button's name; 404 if it is on another line.

    Raises:
        NotFound, Malformed
    """
    sign_up_id = clean_id(_pressed(request)[1] or request.POST.get("name"), field="name")
    if not follow_ups.stands_under(sign_up_id, here.line.pk):
        raise NotFound
    return sign_up_id


def _pressed(request: HttpRequest) -> tuple[str, str, str]:
    """Return the button's action, name and attendee ("join:12:34")."""
    act, name, attendee, *_more = [*request.POST.get("act", "").split(":"), "", ""]
    return act, name, attendee


@transaction.atomic
def _do(request: HttpRequest, here: LineWithNames, caller: Caller) -> None:
    """Save the typed values, and apply the button's action to a name."""
    now, (act, _name, beside) = timezone.now(), _pressed(request)
    name = _name_here(here, request)
    if "title" in request.POST:
        _save_typed(request, here, caller)
    match act:
        case "remove":
            remove_name(sign_up_id=name, caller=caller, now=now)
        case "restore":
            restore_name(sign_up_id=name, caller=caller)
        case "join":
            attendee = clean_id(beside or request.POST.get("attendee"), field="attendee")
            join_pad_name(sign_up_id=name, caller=caller, attendee_id=attendee, now=now)
        case "part":
            part_pad_name(sign_up_id=name, caller=caller)
        case _:
            raise NotFound


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def line_name(request: HttpRequest, event: str, session: str, line: str) -> HttpResponse:
    """Remove a name or restore it; link a name from the pad to a person, or undo that."""
    found, caller = enter(request, event, session)
    here = _line_here(found, line)
    page = found.address("control-line-edit", line=line)
    if request.method != "POST":
        return redirect(page)
    try:
        _do(request, here, caller)
    except DomainError as refusal:
        return _edit_page(request, found, here, refused=refusal)
    return redirect(page)
