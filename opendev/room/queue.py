"""The queue of questions, for moderators in the control room and for helpers on a separate page."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from opendev.core.attendance import Caller
from opendev.core.callers import caller_of
from opendev.core.errors import DomainError, NotFound, NotSignedIn
from opendev.core.parts import shown_rows
from opendev.core.text import clean_id, id_in_address
from opendev.core.web.pages import mark
from opendev.core.web.typed import compare, seen_of, shown
from opendev.room import control
from opendev.room.pages import queue_context
from opendev.room.posting import posted_from
from opendev.room.question_cards import queue_questions
from sessions.attendees.selectors import is_revoked
from sessions.programme import selectors
from sessions.programme.models import Session
from sessions.questions.models import Question
from sessions.questions.selectors import dismissal_by_id, question_by_id
from sessions.questions.services.asking import set_question_rules
from sessions.questions.services.dismissals import dismiss_questions, restore_dismissed
from sessions.questions.services.passes import set_pass_of_asker
from sessions.questions.services.queue import (
    merge_question,
    pin_question,
    set_question_state,
    undo_question,
    write_answer,
)
from sessions.questions.services.rights import check_keeps_queue

Work = Callable[[Session, Caller], object]


def enter(request: HttpRequest, event: str, session: str) -> tuple[Session, Caller]:
    """Return the session and the caller, who may moderate its questions.

    Raises:
        NotFound, NotSignedIn, NotHelper
    """
    found = selectors.session_by_slug(event, session)
    caller = caller_of(request, found.event_id)
    check_keeps_queue(caller=caller, session_id=found.pk)
    return found, caller


def _page(
    request: HttpRequest, session: Session, caller: Caller, *, refused: DomainError | None = None
) -> HttpResponse:
    sort, rows = request.GET.get("sort", ""), shown_rows(request.GET)
    context = queue_context(session, sort=sort, shown=rows, now=timezone.now())
    context["user_name"] = selectors.name_of_user(caller.user_id or 0, session.event_id)
    context["moderates"] = selectors.moderates(caller, session.pk)
    context["error"] = {"code": refused.code, "message": refused.message} if refused else None
    response = render(request, "room/queue.html", context, status=refused.status if refused else 200)
    return mark(response, refused) if refused else response


@require_safe
@never_cache
def queue(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """The queue on a separate page."""
    try:
        found, caller = enter(request, event, session)
    except NotSignedIn:
        return redirect_to_login(request.get_full_path())
    return _page(request, found, caller)


def _act(request: HttpRequest, event: str, session: str, work: Work) -> HttpResponse:
    """Execute an action and redirect to its page; a refusal shows that page, with its status and code."""
    found, caller = enter(request, event, session)
    in_control = request.POST.get("page") == "control" and selectors.moderates(caller, found.pk)
    try:
        work(found, caller)
    except DomainError as refusal:
        found = selectors.session_by_slug(event, session)
        if in_control:
            return control.show(request, found, refused=refusal)
        return _page(request, found, caller, refused=refusal)
    return redirect(found.address("control" if in_control else "control-questions"))


def _pk(session: Session, question: str) -> int:
    """Return the id of a question of this session; 404 if it belongs to another session."""
    return question_by_id(id_in_address(question), session_id=session.pk).pk


@posted_from("control-questions")
def state(request: HttpRequest, event: str, session: str, question: str) -> HttpResponse:
    """Approve, put on air, mark as answered, dismiss, reopen."""
    given = {"state": request.POST.get("state"), "seen": request.POST.get("seen")}
    return _act(
        request,
        event,
        session,
        lambda found, caller: set_question_state(
            question_id=_pk(found, question), caller=caller, now=timezone.now(), **given
        ),
    )


@posted_from("control-questions")
def undo(request: HttpRequest, event: str, session: str, question: str) -> HttpResponse:
    """Undo the last move."""
    return _act(
        request,
        event,
        session,
        lambda found, caller: undo_question(
            question_id=_pk(found, question), caller=caller, now=timezone.now()
        ),
    )


@posted_from("control-questions")
def pin(request: HttpRequest, event: str, session: str, question: str) -> HttpResponse:
    """Pin it to the top, or unpin it."""
    pinned = request.POST.get("pinned") == "1"
    return _act(
        request,
        event,
        session,
        lambda found, caller: pin_question(question_id=_pk(found, question), caller=caller, pinned=pinned),
    )


@posted_from("control-questions")
def rules(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Set how questions are asked. For moderators."""
    given = {"named": "named" in request.POST, "moderated": "moderated" in request.POST}
    return _act(
        request,
        event,
        session,
        lambda found, caller: set_question_rules(session_id=found.pk, caller=caller, **given),
    )


@posted_from("control-questions")
def dismiss(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Dismiss several at once: a group of them, or the ticked ones."""
    which = request.POST.get("which") or None
    ticked = None if which else request.POST.getlist("question")
    return _act(
        request,
        event,
        session,
        lambda found, caller: dismiss_questions(
            session_id=found.pk, caller=caller, which=which, questions=ticked, now=timezone.now()
        ),
    )


@posted_from("control-questions")
def restore(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Restore questions that were dismissed together."""

    def work(found: Session, caller: Caller) -> None:
        act = dismissal_by_id(id_in_address(request.POST.get("dismissal", "")))
        if act.session_id != found.pk:
            raise NotFound
        restore_dismissed(dismissal_id=act.pk, caller=caller)

    return _act(request, event, session, work)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def edit(request: HttpRequest, event: str, session: str, question: str) -> HttpResponse:
    """Write the answer that stays with a question, or merge it into another one."""
    found, caller = enter(request, event, session)
    pk = _pk(found, question)
    errors, code, status = {}, "", 200
    if request.method == "POST":
        try:
            _save(request, pk, caller)
            return redirect(found.address("control-questions"))
        except DomainError as refusal:
            errors, code, status = refusal.fields or {"form": refusal.message}, refusal.code, refusal.status
    cards = queue_questions(found, now=timezone.now()).everything
    card = next(card for card in cards if card.id == str(pk))
    context: dict[str, Any] = {
        "event": found.event,
        "session": found,
        "card": card,
        "answer": shown(request.POST, {"answer": card.answer})["answer"],
        "seen": seen_of({"answer": card.answer}),
        "unsaved": "yes" if errors else "",
        "asker_is_revoked": _asker_is_revoked(pk, caller, found),
        "others": [one for one in cards if one.id != card.id and one.state in {"open", "on_air", "answered"}],
        "errors": errors,
        "error_code": code,
    }
    return render(request, "room/question_edit.html", context, status=status)


def _asker_is_revoked(pk: int, caller: Caller, session: Session) -> bool | None:
    """Return whether the author's pass was revoked; None if they are gone, or the caller may not revoke it."""
    asker = question_by_id(pk).attendee_id
    if asker is None or not selectors.moderates(caller, session.pk):
        return None
    return is_revoked(asker)


@transaction.atomic
def _save(request: HttpRequest, pk: int, caller: Caller) -> None:
    """Save the answer if it was changed, and execute the button's action.

    "answered" marks the question, "merge" merges it, "revoke" and "restore" change its author's pass.

    Raises:
        EditedMeanwhile: somebody else changed the answer since the page was shown.
        What the services raise.
    """
    now, do = timezone.now(), request.POST.get("do")
    standing = Question.objects.select_for_update(no_key=True).get(pk=pk).answer
    changes = compare(request.POST, {"answer": standing})
    changes.check()
    if changes.changed and do != "answered":
        write_answer(question_id=pk, caller=caller, answer=changes.changed["answer"])
    if do == "merge":
        into = request.POST.get("merged_into", "")
        target = clean_id(into, field="merged_into") if into else None
        merge_question(question_id=pk, caller=caller, into=target, now=now)
    elif do == "answered":
        answer = changes.changed.get("answer", standing)
        set_question_state(question_id=pk, caller=caller, state="answered", answer=answer, now=now)
    elif do in {"revoke", "restore"}:
        set_pass_of_asker(question_id=pk, caller=caller, revoked=do == "revoke", now=now)
