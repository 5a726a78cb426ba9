"""The run sheet in the control room: steps, and a page for editing the plan. Every action is a plain form."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from opendev.core.attendance import Caller
from opendev.core.errors import DomainError, Malformed, NotFound, NotSignedIn
from opendev.core.text import id_in_address
from opendev.core.web.pages import mark
from opendev.core.web.typed import compare, keep, kept, seen_of, shown
from opendev.room import run_sheets
from opendev.room.control import act, enter
from opendev.room.pages import run_sheet_context
from opendev.room.posting import posted_from
from sessions.programme import selectors
from sessions.programme.models import Session
from sessions.programme.services.rights import check_moderates
from sessions.run_sheet.models import RunSheetItem
from sessions.run_sheet.selectors import item_by_id, items_of
from sessions.run_sheet.services.plan import edit_item, remove_item
from sessions.states.services import set_session_clock

PAGE = "control-run-sheet"
ADD = ("kind", "text", "poll", "line", "minutes")  # the boxes of a new item
PASTE = ("lines",)
Work = Callable[[Session, Caller], object]


@posted_from("control")
def go_on(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Move on to the next item, and close a poll if the button says so."""
    seen, close = request.POST.get("seen"), request.POST.get("close")

    def work(found: Session, caller: Caller) -> None:
        now = timezone.now()
        run_sheets.go_on(session_id=found.pk, caller=caller, seen=seen, close=close, now=now)

    return act(request, event, session, work)


@posted_from("control")
def step_back(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Undo the last step."""

    def work(found: Session, caller: Caller) -> None:
        run_sheets.step_back(session_id=found.pk, caller=caller, now=timezone.now())

    return act(request, event, session, work)


@posted_from("control")
def go_to(request: HttpRequest, event: str, session: str, item: str) -> HttpResponse:
    """Go to this item."""
    seen = request.POST.get("seen")

    def work(found: Session, caller: Caller) -> None:
        wanted = id_in_address(item)
        run_sheets.go_to(session_id=found.pk, item_id=wanted, caller=caller, seen=seen, now=timezone.now())

    return act(request, event, session, work)


def _page(
    request: HttpRequest, session: Session, *, refused: DomainError | None = None, form: str = ""
) -> HttpResponse:
    """Return the page for editing the plan.

    Args:
        form: the section of the page whose button was refused.
    """
    context = run_sheet_context(session, now=timezone.now())
    errors = dict(refused.fields) if refused else {}
    boxes = _boxes(session.pk)
    typed = shown(request.POST, boxes)
    there = [entry for entry in context["sheet"].items if f"text-{entry.id}" in boxes]  # or just removed
    context["rows"] = [_row(entry, typed, boxes, errors) for entry in there]
    if any(field in boxes for field in errors):
        form = "item"
    waiting = {field: request.POST.get(field, "") for field in (*ADD, *PASTE)} if refused else {}
    context["typed"] = waiting | kept(request, request.path)
    context["form"], context["errors"] = form, errors
    context["seen"], context["unsaved"] = seen_of(boxes), "yes" if refused else ""
    context["plan_error"] = {"code": refused.code, "message": refused.message} if refused else None
    response = render(request, "room/run_sheet.html", context, status=refused.status if refused else 200)
    return mark(response, refused) if refused else response


def _row(
    entry: Any, typed: Mapping[str, str], boxes: Mapping[str, str], errors: Mapping[str, Any]
) -> dict[str, Any]:
    """Return an item for its row; it is unfolded if it has unsaved text."""
    text, minutes = f"text-{entry.id}", f"minutes-{entry.id}"
    return {
        "entry": entry,
        "text": typed[text],
        "minutes": typed[minutes],
        "text_error": errors.get(text, ""),
        "minutes_error": errors.get(minutes, ""),
        "is_open": any(box in errors or typed[box] != boxes[box] for box in (text, minutes)),
    }


def _boxes(session_id: int) -> dict[str, str]:
    """Return the values of the boxes of the plan's items."""
    boxes: dict[str, str] = {}
    for standing in items_of(session_id):
        boxes |= {f"text-{standing.pk}": standing.text, f"minutes-{standing.pk}": str(standing.minutes)}
    return boxes


@transaction.atomic
def _save_typed(request: HttpRequest, session: Session, caller: Caller) -> None:
    """Save the items that were changed.

    Raises:
        EditedMeanwhile: somebody else changed one of these.
        What the service raises; `fields` names boxes of the page.
    """
    check_moderates(caller=caller, session_id=session.pk)
    changes = compare(request.POST, _boxes(session.pk))
    changes.check()
    for standing in items_of(session.pk):
        text, minutes = (f"{field}-{standing.pk}" for field in ("text", "minutes"))
        given: dict[str, Any] = {}
        try:
            if text in changes.changed:
                given["text"] = changes.changed[text]
            if minutes in changes.changed:
                given["minutes"] = _read_minutes(changes.changed[minutes])
            if given:
                edit_item(session_id=session.pk, item_id=standing.pk, caller=caller, given=given)
        except DomainError as refusal:
            refusal.fields = {f"{field}-{standing.pk}": said for field, said in refusal.fields.items()}
            raise


@require_safe
@never_cache
def plan(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """The page for editing the plan."""
    try:
        found, _caller = enter(request, event, session)
    except NotSignedIn:
        return redirect_to_login(request.get_full_path())
    return _page(request, found)


def _act(
    request: HttpRequest,
    event: str,
    session: str,
    work: Work,
    *,
    form: str = "",
    anchor: str = "",
    uses: Iterable[str] = (),
) -> HttpResponse:
    """Save the changed items, execute an action, and redirect to the page; a refusal is shown there.

    Args:
        form: the section of the page whose button was pressed.
        uses: the boxes that belong to the button; text in other boxes is kept for their buttons.
    """
    found, caller = enter(request, event, session)
    try:
        with transaction.atomic():
            _save_typed(request, found, caller)
            work(found, caller)
    except DomainError as refusal:
        return _page(request, selectors.session_by_slug(event, session), refused=refusal, form=form)
    keep(request, found.address(PAGE), [field for field in (*ADD, *PASTE) if field not in uses])
    return redirect(found.address(PAGE) + anchor)


@posted_from(PAGE)
def add(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Add an item. Enter in any box also ends up here: if the new item is empty, it saves the others."""
    is_typed = any(request.POST.get(field, "").strip() for field in ADD if field != "kind")
    if request.POST.get("do") == "typed" and not is_typed:
        return _act(request, event, session, lambda _session, _caller: None)
    kind, text = request.POST.get("kind", ""), request.POST.get("text", "")
    given: dict[str, Any] = {"kind": kind, "text": text}
    if kind == RunSheetItem.Kind.POLL:
        given |= {"text": "", "line": text}
        if subject := request.POST.get("poll"):
            given = {"kind": kind, "subject": subject, "text": text}
    elif kind == RunSheetItem.Kind.LINE and (subject := request.POST.get("line")):
        given["subject"] = subject

    def work(found: Session, caller: Caller) -> None:
        items = [{**given, "minutes": _read_minutes(request.POST.get("minutes", ""))}]
        run_sheets.add_items(session_id=found.pk, caller=caller, given=items, now=timezone.now())

    return _act(request, event, session, work, form="add", anchor="#add", uses=ADD)


def _read_minutes(text: str) -> int:
    """Return the minutes in a box; empty is 0.

    Raises:
        Malformed
    """
    text = text.strip() or "0"
    if not (text.isascii() and text.isdigit() and len(text) <= 5):
        sentence = _("This must be a whole number of minutes, up to 600.")
        raise Malformed(sentence, fields={"minutes": sentence})
    return int(text)


@posted_from(PAGE)
def paste(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Add a plan as text."""
    lines = request.POST.get("lines", "")

    def work(found: Session, caller: Caller) -> None:
        run_sheets.paste_plan(session_id=found.pk, caller=caller, text=lines, now=timezone.now())

    return _act(request, event, session, work, form="paste", uses=PASTE)


@posted_from(PAGE)
def item(request: HttpRequest, event: str, session: str, item: str) -> HttpResponse:
    """Save an item, move it up, down or to a position, or remove it, depending on the button."""
    return _act(
        request,
        event,
        session,
        lambda found, caller: _change(request, found, caller, id_in_address(item)),
        anchor=f"#item-{item}",
    )


def _change(request: HttpRequest, found: Session, caller: Caller, item_id: int) -> None:
    who: dict[str, Any] = {"session_id": found.pk, "item_id": item_id, "caller": caller}
    check_moderates(caller=caller, session_id=found.pk)
    match request.POST.get("do"):
        case "save":
            item_by_id(item_id, session_id=found.pk)  # all changed items have been saved
        case "remove":
            remove_item(**who)
        case "up" | "down" | "place":
            edit_item(**who, given={"position": _place_of(request, found.pk, item_id)})
        case _:
            raise NotFound


def _place_of(request: HttpRequest, session_id: int, item_id: int) -> int:
    """Return the requested position; "up" at the start and "down" at the end change nothing."""
    here = item_by_id(item_id, session_id=session_id)
    ids = [one.pk for one in items_of(session_id)]
    if request.POST.get("do") == "place":
        text = request.POST.get("position", "")
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else 0
    step = -1 if request.POST.get("do") == "up" else 1
    return min(max(ids.index(here.pk) + 1 + step, 1), len(ids))


@posted_from(PAGE)
def clock(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Set whether the session starts and ends automatically, or only manually."""
    by_clock = {"1": True, "0": False}.get(request.POST.get("by_clock", ""))

    def work(found: Session, caller: Caller) -> None:
        set_session_clock(session_id=found.pk, caller=caller, by_clock=by_clock, now=timezone.now())

    return _act(request, event, session, work, anchor="#clock")
