"""The page of the user's bank, for a session: its polls, and the session's polls to save."""

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from opendev.core.attendance import Caller
from opendev.core.errors import DomainError, NotFound, NotSignedIn
from opendev.core.text import clean_id
from opendev.core.web.pages import mark
from opendev.room.bank.acts import add_from_bank, bank_of, remove_from_bank, save_to_bank
from opendev.room.control import enter
from opendev.room.models import BankedPoll
from polls.kinds import kind_named
from polls.services.copies import latest_rounds
from sessions.programme.models import Session


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def bank(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Show the user's bank; save polls to it, add one of it as a draft, or remove one."""
    try:
        here, caller = enter(request, event, session)
    except NotSignedIn:
        if request.method == "POST":
            raise
        return redirect_to_login(request.get_full_path())
    if request.method != "POST":
        return _show(request, here, caller)
    try:
        return redirect(_act(request, here, caller))
    except DomainError as refusal:
        return _show(request, here, caller, refusal)


def _act(request: HttpRequest, session: Session, caller: Caller) -> str:
    """Do the button's action, and return where to go on."""
    polls = {clean_id(poll, field="polls") for poll in request.POST.getlist("polls")}
    now = timezone.now()
    match request.POST.get("do"):
        case "save":
            save_to_bank(session=session, caller=caller, polls=polls, now=now)
        case "add":
            added = add_from_bank(session_id=session.pk, caller=caller, banked=polls, now=now)
            return session.address("control") + f"?poll={added[0].pk}"
        case "remove":
            for poll in polls:
                remove_from_bank(caller=caller, banked=poll)
        case _:
            raise NotFound
    return session.address("control-bank")


def _show(
    request: HttpRequest, session: Session, caller: Caller, refused: DomainError | None = None
) -> HttpResponse:
    saves = refused is not None and request.POST.get("do") == "save"
    ticked = (request.POST if saves else request.GET).getlist("polls")
    context: dict[str, Any] = {
        "event": session.event,
        "session": session,
        "banked": [_entry(row) for row in bank_of(caller)],
        "polls": [
            (poll, kind_named(poll.kind).label, str(poll.pk) in ticked) for poll in latest_rounds(session.pk)
        ],
        "bank_error": refused.message if refused else "",
        "error_code": refused.code if refused else "",
    }
    response = render(request, "room/bank.html", context, status=refused.status if refused else 200)
    return mark(response, refused) if refused else response


def _entry(row: BankedPoll) -> dict[str, Any]:
    """Return a poll of the bank in the page's form."""
    options = row.poll.get("options", [])
    return {
        "id": row.pk,
        "question": row.poll["question"],
        "kind": kind_named(row.poll["kind"]).label,
        "options": " / ".join(option["text"] for option in options),
    }
