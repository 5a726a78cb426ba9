"""The organisers' pages of a session: creating, editing, moving, splitting, cancelling; its people and resources."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from opendev.core.attendance import Caller
from opendev.core.errors import DomainError, NotFound
from opendev.core.text import clean_id
from opendev.core.web.typed import compare, keep, kept, seen_of, shown
from opendev.home.organise.entrance import show
from opendev.home.organise.events import press
from sessions.programme import selectors
from sessions.programme.models import Event, Resource, Session
from sessions.programme.pages import enter
from sessions.programme.selectors.resources import resources_of_session
from sessions.programme.services.changes import cancel_session, restore_session
from sessions.programme.services.locks import lock_event
from sessions.programme.services.resources import add_resource, remove_resource
from sessions.programme.services.sessions import (
    add_to_stage,
    create_session,
    edit_session,
    split_session,
    step_session,
    take_off_stage,
)

TEXTS = (
    *(
        "title",
        "subtitle",
        "short_title",
        "part",
        "topic",
        "description",
        "prompts",
        "place",
        "track",
        "kind",
    ),
    *("language", "call_url", "recording_url", "minutes"),
)
FIELDS = (*TEXTS, "day", "time")
NAMES = {
    "title": "resource_title",
    "minutes": "split_minutes",
}  # fields with the same names as in the session's form
Work = Callable[[HttpRequest, Session, Caller], None]
PERSON_FIELDS = ("name", "company", "job")  # the role is always chosen
RESOURCE_FIELDS = ("resource_title", "url", "note", "unit", "rows")  # the kind too
OTHERS = (*PERSON_FIELDS, "role", *RESOURCE_FIELDS, "resource_kind", "split_minutes")


def _boxes(event: Event, session: Session) -> dict[str, str]:
    """Return the values of the session's form, as strings."""
    boxes = {field: str(getattr(session, field)) for field in TEXTS}
    at = session.starts_at.astimezone(event.zone)
    clock = "yes" if session.runs_by_clock else "no"
    return {**boxes, "day": str(session.day_id), "time": f"{at:%H:%M}", "runs_by_clock": clock}


def _posted(request: HttpRequest) -> dict[str, str]:
    """Return what was sent; browsers do not send boxes that are not ticked."""
    return {"runs_by_clock": "no", **{field: str(text) for field, text in request.POST.items()}}


def _form(request: HttpRequest, event: Event, session: Session | None) -> dict[str, Any]:
    """Return the values of the session's form: as typed, else the current ones."""
    if session:
        boxes = _boxes(event, session)
        return shown(_posted(request), boxes) if "title" in request.POST else boxes
    form: dict[str, Any] = dict.fromkeys(FIELDS, "")
    form |= {"day": request.GET.get("day", ""), "minutes": "60"}
    if "title" in request.POST:
        form |= {field: request.POST.get(field, "") for field in FIELDS}
        form["runs_by_clock"] = request.POST.get("runs_by_clock", "no")
    return form


def _given(request: HttpRequest) -> dict[str, Any]:
    return {field: text for field, text in _posted(request).items() if field in (*FIELDS, "runs_by_clock")}


def _page(
    request: HttpRequest, event: Event, session: Session | None, *, refused: DomainError | None = None
) -> HttpResponse:
    context: dict[str, Any] = {
        "event": event,
        "session": session,
        "days": event.days.order_by("number"),
        "form": _form(request, event, session),
        "seen": seen_of(_boxes(event, session)) if session else "",
        "resources": resources_of_session(session.pk) if session else [],
        "kinds": Resource.Kind.choices,
        "languages": settings.LANGUAGES,
        "content_of": session or event,
        "more": {field: request.POST.get(field, "") for field in OTHERS}
        | (kept(request, request.path) if request.method != "POST" else {}),
    }
    return show(request, "session", context, refused=refused)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def create(request: HttpRequest, event: str) -> HttpResponse:
    """Add a session."""
    found, caller = enter(request, event)
    if request.method != "POST":
        return _page(request, found, None)
    try:
        made = create_session(event_id=found.pk, caller=caller, given=_given(request), now=timezone.now())
    except DomainError as refusal:
        return _page(request, found, None, refused=refusal)
    messages.success(request, _("The session was added to the programme."))
    return redirect("organise-session", event=found.slug, session=made.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def edit(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Change a session."""
    found, caller = enter(request, event)
    here = selectors.session_by_slug(event, session)
    if request.method != "POST":
        return _page(request, found, here)
    try:
        _save_typed(request, here, caller)
    except DomainError as refusal:
        return _page(request, found, here, refused=refusal)
    messages.success(request, _("Saved."))
    keep(request, request.path, ["split_minutes"])
    return redirect("organise-session", event=found.slug, session=here.slug)


@transaction.atomic
def _save_typed(request: HttpRequest, session: Session, caller: Caller, *, doing: str = "") -> None:
    """Save everything that was typed on the page, or nothing: the session's own boxes, a person, a resource.

    Args:
        doing: the action whose button was pressed, which saves its own fields itself.

    Raises:
        EditedMeanwhile: somebody else changed one of the boxes that were changed here.
        What the services raise.
    """
    if "title" not in request.POST:
        return
    event = lock_event(event_id=session.event_id, caller=caller)
    now_is = Session.objects.get(pk=session.pk)
    changes = compare(_posted(request), _boxes(event, now_is))
    changes.check(ids=["day"])
    if changes.changed:
        edit_session(session_id=session.pk, caller=caller, given=changes.changed, now=timezone.now())
    if doing != "add_person" and _is_typed(request, PERSON_FIELDS):
        _add_person(request, session, caller)
    if doing != "add_resource" and _is_typed(request, RESOURCE_FIELDS):
        _do(_add_resource, request, session, caller)


def _is_typed(request: HttpRequest, fields: Iterable[str]) -> bool:
    return any(request.POST.get(field, "").strip() for field in fields)


def _do(work: Work, request: HttpRequest, session: Session, caller: Caller) -> None:
    """Do one action; a refusal uses the page's names of the fields."""
    try:
        work(request, session, caller)
    except DomainError as refusal:
        refusal.fields = {NAMES.get(field, field): sentence for field, sentence in refusal.fields.items()}
        raise


def _target(request: HttpRequest, field: str) -> int:
    """Return the id of an action's object: after the button's colon, or in a separate field."""
    behind = request.POST.get("act", "").partition(":")[2]
    return clean_id(behind or request.POST.get(field), field=field)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def act(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Save what was typed, and do one of the other actions, listed in `ACTS`. All of it or nothing.

    A button's value may name the action's object: "remove_person:12".
    """
    found, caller = enter(request, event)
    here = selectors.session_by_slug(event, session)
    name = request.POST.get("act", "").partition(":")[0]
    if request.method == "POST" and name not in ACTS:
        raise NotFound
    if request.method == "POST" and request.POST.get("back") == "overview":
        response = press(request, event, lambda _event, caller: _do(ACTS[name], request, here, caller))
        if response.status_code == HTTPStatus.FOUND:
            response["Location"] += f"#session-{here.pk}"
        return response
    if request.method == "POST":
        try:
            with transaction.atomic():
                _save_typed(request, here, caller, doing=name)
                _do(ACTS[name], request, here, caller)
        except DomainError as refusal:
            return _page(request, found, here, refused=refusal)
        if name != "split":
            keep(request, here.address("organise-session"), ["split_minutes"])
    return redirect("organise-session", event=found.slug, session=here.slug)


def _cancel(request: HttpRequest, session: Session, caller: Caller) -> None:
    cancel_session(session_id=session.pk, caller=caller, now=timezone.now())


def _restore(request: HttpRequest, session: Session, caller: Caller) -> None:
    restore_session(session_id=session.pk, caller=caller, now=timezone.now())


def _step(request: HttpRequest, session: Session, caller: Caller) -> None:
    direction = request.POST.get("act", "").partition(":")[2] or request.POST.get("direction")
    step_session(session_id=session.pk, caller=caller, direction=direction, now=timezone.now())


def _split(request: HttpRequest, session: Session, caller: Caller) -> None:
    given = {"minutes": request.POST.get("split_minutes", "")}
    split_session(session_id=session.pk, caller=caller, given=given, now=timezone.now())


def _add_person(request: HttpRequest, session: Session, caller: Caller) -> None:
    given = {field: request.POST.get(field, "") for field in ("name", "company", "job", "role")}
    add_to_stage(session_id=session.pk, caller=caller, given=given)


def _remove_person(request: HttpRequest, session: Session, caller: Caller) -> None:
    role_id = _target(request, "role_id")
    take_off_stage(session_id=session.pk, caller=caller, role_id=role_id)


def _add_resource(request: HttpRequest, session: Session, caller: Caller) -> None:
    given = {field: request.POST.get(field, "") for field in ("url", "note", "unit", "rows")}
    given |= {"title": request.POST.get("resource_title", ""), "kind": request.POST.get("resource_kind", "")}
    add_resource(session_id=session.pk, caller=caller, given=given)


def _remove_resource(request: HttpRequest, session: Session, caller: Caller) -> None:
    resource_id = _target(request, "resource")
    remove_resource(session_id=session.pk, caller=caller, resource_id=resource_id)


ACTS = {
    "cancel": _cancel,
    "restore": _restore,
    "step": _step,
    "split": _split,
    "add_person": _add_person,
    "remove_person": _remove_person,
    "add_resource": _add_resource,
    "remove_resource": _remove_resource,
}
