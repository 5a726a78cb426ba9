"""The page of a session's recording: nothing is loaded from elsewhere until somebody asks for it."""

from collections.abc import Callable, Sequence
from typing import Any

from csp.decorators import csp_update
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from opendev.core.attendance import Caller
from opendev.core.callers import caller_of
from opendev.core.errors import DomainError
from opendev.core.web.typed import SEEN, compare, seen_of, shown
from opendev.recordings.chapters import Shown, clock_of, shown_chapters
from opendev.recordings.providers import player_of, start_in
from sessions.programme import selectors
from sessions.programme.models import Session
from sessions.programme.services.rights import check_moderates
from sessions.recordings import services as recordings_services
from sessions.recordings.selectors import recording_of


@require_safe
@never_cache
def recording(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """The recording, its chapters, and for moderators the forms that edit them."""
    return _page(request, selectors.session_by_slug(event, session))


def _page(request: HttpRequest, session: Session, *, refused: DomainError | None = None) -> HttpResponse:
    moderates = selectors.moderates(caller_of(request, session.event_id), session.pk)
    kept = recording_of(session.pk)
    offset = kept.offset_s if kept else 0
    player = player_of(session.recording_url) if session.recording_url else None
    chapters = shown_chapters(session, with_hidden=moderates)
    boxes = _boxes(session, offset, chapters)
    form = shown(request.POST, boxes)
    if SEEN not in request.POST:
        form |= {"title": "", "after": ""}
    context: dict[str, Any] = {
        "session": session,
        "event": session.event,
        "player": player,
        "link": player.link_at(max(offset, 0)) if player else "",
        "frame": player.frame_at(max(offset, 0)) if player and player.frame_at else "",
        "chapters": chapters,
        "moderates": moderates,
        "form": form,
        "editable": [(one, form[f"title-{one.mark.key}"], form[f"after-{one.mark.key}"]) for one in chapters],
        "seen": seen_of(boxes),
        "unsaved": "yes" if refused else "",
        "errors": (refused.fields or {"form": refused.message}) if refused else {},
        "error_code": refused.code if refused else "",
    }
    response = render(
        request, "recordings/recording.html", context, status=refused.status if refused else 200
    )
    return _allow_frame(request, response, player.frame_origin if player else "")


def _allow_frame(request: HttpRequest, response: HttpResponse, origin: str) -> HttpResponse:
    """Let the page's policy only allow frames of this origin; "" for none."""
    if origin:
        csp_update({"frame-src": [origin]})(lambda _request: response)(request)
    return response


def _act(
    request: HttpRequest, event: str, session: str, work: Callable[[Session, Caller], object]
) -> HttpResponse:
    """Do one action and go back to the page; a refusal is shown there, with its status and code."""
    found = selectors.session_by_slug(event, session)
    caller = caller_of(request, found.event_id)
    if request.method == "POST":
        try:
            with transaction.atomic():
                _save_typed(request, found, caller)
                work(found, caller)
        except DomainError as refusal:
            check_moderates(caller=caller, session_id=found.pk)
            return _page(request, selectors.session_by_slug(event, session), refused=refusal)
    return redirect(found.address("recording"))


def _boxes(session: Session, offset: int, chapters: Sequence[Shown]) -> dict[str, str]:
    """Return the values of the editor's boxes; those of a further chapter are empty."""
    boxes = {"url": session.recording_url, "offset": clock_of(offset), "title": "", "after": ""}
    for one in chapters:
        after = one.mark.after_s
        boxes |= {
            f"title-{one.mark.key}": one.mark.title,
            f"after-{one.mark.key}": "" if after is None else str(after),
        }
    return boxes


@transaction.atomic
def _save_typed(request: HttpRequest, session: Session, caller: Caller) -> None:
    """Save everything typed in the editor, or nothing: the address, the start, each chapter, and a further one.

    Raises:
        EditedMeanwhile: somebody else changed one of these.
        What the services raise.
    """
    if SEEN not in request.POST:
        return
    check_moderates(caller=caller, session_id=session.pk)
    recording, now = recording_of(session.pk), timezone.now()
    chapters = shown_chapters(session, with_hidden=True)
    changes = compare(request.POST, _boxes(session, recording.offset_s if recording else 0, chapters))
    changes.check()
    given: dict[str, Any] = {
        field: changes.changed[field] for field in ("url", "offset") if field in changes.changed
    }
    if given:
        given["offset"] = request.POST.get("offset") or start_in(request.POST.get("url", ""))
        recordings_services.set_recording(session_id=session.pk, caller=caller, given=given, now=now)
    for one in chapters:
        key = one.mark.key
        words = {
            field: changes.changed[f"{field}-{key}"]
            for field in ("title", "after")
            if f"{field}-{key}" in changes.changed
        }
        if words:
            recordings_services.edit_chapter(session_id=session.pk, caller=caller, key=key, given=words)
    if request.POST.get("title", "").strip() or request.POST.get("after", "").strip():
        further = {field: request.POST.get(field, "") for field in ("title", "after")}
        recordings_services.add_chapter(session_id=session.pk, caller=caller, given=further, now=now)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def set_recording(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Set the recording's address and the session's start in it; a link with a second in it sets both."""
    url = request.POST.get("url", "")
    given = {"url": url, "offset": request.POST.get("offset") or start_in(url)}

    def work(found: Session, caller: Caller) -> None:
        if SEEN not in request.POST:
            recordings_services.set_recording(
                session_id=found.pk, caller=caller, given=given, now=timezone.now()
            )

    return _act(request, event, session, work)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def add_chapter(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Add a manual chapter."""
    given = {field: request.POST.get(field, "") for field in ("title", "after")}

    def work(found: Session, caller: Caller) -> None:
        if SEEN not in request.POST or not any(text.strip() for text in given.values()):
            recordings_services.add_chapter(
                session_id=found.pk, caller=caller, given=given, now=timezone.now()
            )

    return _act(request, event, session, work)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def edit_chapter(request: HttpRequest, event: str, session: str, key: str) -> HttpResponse:
    """Rename or move a chapter, leave it out, or put it back in; the button says which."""
    wanted: dict[str, dict[str, Any]] = {
        "change": {field: request.POST.get(field, "") for field in ("title", "after")},
        "hide": {"hidden": True},
        "show": {"hidden": False},
    }
    do = request.POST.get("do", "change")
    given = {} if do == "change" and SEEN in request.POST else wanted.get(do, {})
    return _act(
        request,
        event,
        session,
        lambda found, caller: recordings_services.edit_chapter(
            session_id=found.pk, caller=caller, key=key, given=given
        ),
    )
