"""Moderating written answers: every action is a form that works without JavaScript."""

from collections.abc import Callable, Sequence

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from opendev.core.attendance import Caller
from opendev.core.errors import DomainError, Malformed
from opendev.core.text import clean_id, id_in_address
from opendev.core.web.pages import mark
from opendev.core.web.typed import compare, keep, kept, seen_of, shown
from opendev.room.cards import card_for
from opendev.room.control import enter
from opendev.room.pages import common
from opendev.room.posting import posted_from
from polls.models import Option, Poll
from polls.selectors import blocked_words, moderated_answers, poll_by_id, promoted_words
from polls.services import moderating, promote_answers
from sessions.programme.models import Session

MOST_ROWS = 300  # on the page; REST has all
TICKED, BLOCKED = "answer", "blocked"  # the names of the boxes
OF_ALL = {
    "approve-all",
    "keep",
}  # actions without answers; Enter in a box presses the button that only saves it


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def written(request: HttpRequest, event: str, session: str, poll: str) -> HttpResponse:
    """Written answers in a poll: approve, hide, merge."""
    room, caller = enter(request, event, session)
    here = poll_by_id(id_in_address(poll), session_id=room.pk)
    if request.method != "POST":
        return _show(request, room, here)
    try:
        uses_ticks = _act(request, here, caller)
    except DomainError as refusal:
        return _show(request, room, here, refused=refusal)
    typed = compare(request.POST, _boxes(room)).changed
    keep(request, request.path, typed, ticked="" if uses_ticks else TICKED)
    return redirect(request.path)


def _act(request: HttpRequest, poll: Poll, caller: Caller) -> bool:
    """Execute the button's action, "hide" or "hide:17", for the ticked answers or its own one.

    Returns:
        whether it was for the ticked ones.
    """
    act, _, option = request.POST.get("act", "").partition(":")
    ticked = [] if option or act in OF_ALL else request.POST.getlist(TICKED)
    chosen = [clean_id(value, field=TICKED) for value in ([option] if option else ticked)]
    acts: dict[str, Callable[[Poll, Caller, Sequence[int]], object]] = {
        "approve": _approve,
        "hide": _hide,
        "merge": _merge,
        "pick": lambda here, by, chosen: _pick(here, by, chosen, picked=True),
        "unpick": lambda here, by, chosen: _pick(here, by, chosen, picked=False),
        "split": _split,
        "promote": _promote,
        "approve-all": lambda here, by, _chosen: moderating.approve_all(poll_id=here.pk, caller=by),
        "keep": lambda here, by, _chosen: None,
    }
    if act not in acts:
        raise Malformed(fields={"act": Malformed.message})
    acts[act](poll, caller, chosen)
    return bool(ticked)


def _approve(poll: Poll, caller: Caller, chosen: Sequence[int]) -> None:
    moderating.set_answer_states(poll_id=poll.pk, caller=caller, option_ids=chosen, state="shown")


def _hide(poll: Poll, caller: Caller, chosen: Sequence[int]) -> None:
    moderating.set_answer_states(poll_id=poll.pk, caller=caller, option_ids=chosen, state="hidden")


def _pick(poll: Poll, caller: Caller, chosen: Sequence[int], *, picked: bool) -> None:
    moderating.pick_answers(poll_id=poll.pk, caller=caller, option_ids=chosen, picked=picked)


def _merge(poll: Poll, caller: Caller, chosen: Sequence[int]) -> None:
    """Merge the ticked answers into the most frequent one."""
    counts = {answer.pk: answer.count for answer in moderated_answers(poll)}
    ranked = sorted(chosen, key=lambda option: (-counts.get(option, 0), option))
    if ranked:
        moderating.merge_answers(
            poll_id=poll.pk, caller=caller, option_ids=ranked[1:], into_id=ranked[0], now=timezone.now()
        )


def _split(poll: Poll, caller: Caller, chosen: Sequence[int]) -> None:
    for option in chosen:
        moderating.split_answer(poll_id=poll.pk, caller=caller, option_id=option, now=timezone.now())


def _promote(poll: Poll, caller: Caller, chosen: Sequence[int]) -> None:
    promote_answers(poll_id=poll.pk, caller=caller, option_ids=chosen, now=timezone.now())


@posted_from("control")
def block(request: HttpRequest, event: str, session: str, poll: str) -> HttpResponse:
    """Set the event's list of blocked words, one per line."""
    room, caller = enter(request, event, session)
    here = poll_by_id(id_in_address(poll), session_id=room.pk)
    page = reverse("control-poll-written", kwargs={"event": event, "session": session, "poll": here.pk})
    try:
        _save_blocked(request, room, caller)
    except DomainError as refusal:
        return _show(request, room, here, refused=refusal)
    keep(request, page, (), ticked=TICKED)
    return redirect(page)


@transaction.atomic
def _save_blocked(request: HttpRequest, session: Session, caller: Caller) -> None:
    """Save the list, if it was changed.

    Raises:
        EditedMeanwhile: somebody else changed it since the page was shown.
        What the service raises.
    """
    changes = compare({BLOCKED: "", **request.POST.dict()}, _boxes(session))
    changes.check()
    words = changes.changed.get(BLOCKED, _boxes(session)[BLOCKED]).splitlines()
    moderating.set_blocked_words(session_id=session.pk, caller=caller, words=words)


def _boxes(session: Session) -> dict[str, str]:
    return {BLOCKED: "\n".join(blocked_words(session.event_id))}


def _show(
    request: HttpRequest, session: Session, poll: Poll, *, refused: DomainError | None = None
) -> HttpResponse:
    answers = moderated_answers(poll)
    states = {str(state): str(state.label) for state in Option.State}
    boxes, waiting = _boxes(session), kept(request, request.path)
    ticked = {*request.POST.getlist(TICKED), *waiting.pop(TICKED, "").split(",")}
    context = {
        **common(session),
        "card": card_for(poll, is_moderator=True),
        "answers": [
            (answer, states[answer.state], str(answer.pk) in ticked) for answer in answers[:MOST_ROWS]
        ],
        "more": max(0, len(answers) - MOST_ROWS),
        "blocked": (shown(request.POST, boxes) | waiting)[BLOCKED],
        "seen": seen_of(boxes),
        "refused": refused,
        "promoted": promoted_words(poll),
    }
    response = render(request, "room/written.html", context, status=refused.status if refused else 200)
    return mark(response, refused) if refused else response
