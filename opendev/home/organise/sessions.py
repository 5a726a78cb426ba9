"""The organisers' pages of a session: made, edited, moved, split, cancelled; its people and resources."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from opendev.core.attendance import Caller
from opendev.core.errors import DomainError, NotFound
from opendev.core.text import clean_id
from opendev.home.organise.entrance import enter, show
from sessions import selectors, services
from sessions.models import Event, Resource, Session
from sessions.selectors.resources import resources_of_session

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
}  # fields whose names the session's own form has
OTHERS = ("name", "company", "job", "role", "url", "note", "unit", "rows", "resource_title", "resource_kind")


def _form(request: HttpRequest, event: Event, session: Session | None) -> dict[str, Any]:
    """Return the values of the session's form: as they were sent, else as they stand."""
    form: dict[str, Any] = {field: getattr(session, field, "") for field in TEXTS}
    if session:
        form |= {"day": str(session.day_id), "time": f"{session.starts_at.astimezone(event.zone):%H:%M}"}
        form["runs_by_clock"] = session.runs_by_clock
    else:
        form |= {"day": request.GET.get("day", ""), "time": "", "minutes": "60"}
    if "title" in request.POST:
        form |= {field: request.POST.get(field, "") for field in FIELDS}
        form["runs_by_clock"] = request.POST.get("runs_by_clock") == "yes"
    return form


def _given(request: HttpRequest) -> dict[str, Any]:
    given = {field: request.POST[field] for field in FIELDS if field in request.POST}
    return {**given, "runs_by_clock": request.POST.get("runs_by_clock", "no")}


def _page(
    request: HttpRequest, event: Event, session: Session | None, *, refused: DomainError | None = None
) -> HttpResponse:
    context: dict[str, Any] = {
        "event": event,
        "session": session,
        "days": event.days.order_by("number"),
        "form": _form(request, event, session),
        "resources": resources_of_session(session.pk) if session else [],
        "kinds": Resource.Kind.choices,
        "more": {field: request.POST.get(field, "") for field in OTHERS},
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
        made = services.create_session(
            event_id=found.pk, caller=caller, given=_given(request), now=timezone.now()
        )
    except DomainError as refusal:
        return _page(request, found, None, refused=refusal)
    messages.success(request, _("The session is in the programme."))
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
        services.edit_session(session_id=here.pk, caller=caller, given=_given(request), now=timezone.now())
    except DomainError as refusal:
        return _page(request, found, here, refused=refusal)
    messages.success(request, _("Saved."))
    return redirect("organise-session", event=found.slug, session=here.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def act(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Do one of the acts that are not the form: they stand in `ACTS`."""
    found, caller = enter(request, event)
    here = selectors.session_by_slug(event, session)
    if request.method == "POST":
        work = ACTS.get(request.POST.get("act", ""))
        if work is None:
            raise NotFound
        try:
            work(request, here, caller)
        except DomainError as refusal:
            refusal.fields = {NAMES.get(field, field): said for field, said in refusal.fields.items()}
            return _page(request, found, here, refused=refusal)
    if request.POST.get("back") == "overview":
        response = redirect("organise", event=found.slug)
        response["Location"] += f"#session-{here.pk}"
        return response
    return redirect("organise-session", event=found.slug, session=here.slug)


def _cancel(request: HttpRequest, session: Session, caller: Caller) -> None:
    services.cancel_session(session_id=session.pk, caller=caller, now=timezone.now())


def _restore(request: HttpRequest, session: Session, caller: Caller) -> None:
    services.restore_session(session_id=session.pk, caller=caller, now=timezone.now())


def _step(request: HttpRequest, session: Session, caller: Caller) -> None:
    services.step_session(
        session_id=session.pk, caller=caller, direction=request.POST.get("direction"), now=timezone.now()
    )


def _split(request: HttpRequest, session: Session, caller: Caller) -> None:
    given = {"minutes": request.POST.get("split_minutes", "")}
    services.split_session(session_id=session.pk, caller=caller, given=given, now=timezone.now())


def _add_person(request: HttpRequest, session: Session, caller: Caller) -> None:
    given = {field: request.POST.get(field, "") for field in ("name", "company", "job", "role")}
    services.add_to_stage(session_id=session.pk, caller=caller, given=given)


def _remove_person(request: HttpRequest, session: Session, caller: Caller) -> None:
    role_id = clean_id(request.POST.get("role_id"), field="role_id")
    services.take_off_stage(session_id=session.pk, caller=caller, role_id=role_id)


def _add_resource(request: HttpRequest, session: Session, caller: Caller) -> None:
    given = {field: request.POST.get(field, "") for field in ("url", "note", "unit", "rows")}
    given |= {"title": request.POST.get("resource_title", ""), "kind": request.POST.get("resource_kind", "")}
    services.add_resource(session_id=session.pk, caller=caller, given=given)


def _remove_resource(request: HttpRequest, session: Session, caller: Caller) -> None:
    resource_id = clean_id(request.POST.get("resource"), field="resource")
    services.remove_resource(session_id=session.pk, caller=caller, resource_id=resource_id)


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
