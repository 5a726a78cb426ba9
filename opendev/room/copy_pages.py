"""The page for copying polls and the run sheet from another session."""

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from opendev.core.errors import DomainError, NotSignedIn
from opendev.core.text import clean_id
from opendev.core.web.pages import mark
from opendev.room.control import enter
from opendev.room.copying import Source, UnknownSource, copy_plan, sources_for
from polls.kinds import kind_named
from polls.services.copies import latest_rounds
from sessions.programme.models import Session
from sessions.run_sheet.selectors import items_of


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def copy(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Choose a session to copy from, then what to copy."""
    try:
        here, caller = enter(request, event, session)
    except NotSignedIn:
        if request.method == "POST":
            raise
        return redirect_to_login(request.get_full_path())
    sources = sources_for(caller, here.pk)
    form = request.POST if request.method == "POST" else request.GET
    try:
        source = _source_of(form["from"], sources) if "from" in form else None
        if request.method == "POST":
            if source is None:
                raise UnknownSource(fields={"from": UnknownSource.message})
            copies = copy_plan(
                from_session_id=source.session.pk,
                to_session_id=here.pk,
                caller=caller,
                polls={clean_id(poll, field="polls") for poll in request.POST.getlist("polls")},
                run_sheet=request.POST.get("run_sheet") == "yes",
                now=timezone.now(),
            )
            more = f"?poll={copies.polls[0]}" if copies.polls else ""
            return redirect(here.address("control") + more)
    except DomainError as refusal:
        source = next((choice for choice in sources if str(choice.session.pk) == form.get("from")), None)
        return _show(request, here, sources, source, refusal)
    return _show(request, here, sources, source)


def _source_of(text: str, sources: list[Source]) -> Source:
    """Return the chosen session.

    Raises:
        UnknownSource: it is not one of these.
    """
    source = next((source for source in sources if str(source.session.pk) == text), None)
    if source is None:
        raise UnknownSource(fields={"from": UnknownSource.message})
    return source


def _show(
    request: HttpRequest,
    session: Session,
    sources: list[Source],
    source: Source | None,
    refusal: DomainError | None = None,
) -> HttpResponse:
    polls = latest_rounds(source.session.pk) if source else []
    ticked = request.POST.getlist("polls") if request.method == "POST" else [str(poll.pk) for poll in polls]
    items = items_of(source.session.pk) if source else []
    context: dict[str, Any] = {
        "event": session.event,
        "session": session,
        "sources": sources,
        "source": source,
        "source_id": source.session.pk if source else 0,
        "polls": [(poll, kind_named(poll.kind).label, str(poll.pk) in ticked) for poll in polls],
        "items": items,
        "minutes": sum(item.minutes for item in items),
        "takes_plan": request.POST.get("run_sheet") == "yes",
        "copy_error": refusal.message if refusal else "",
        "error_code": refusal.code if refusal else "",
    }
    response = render(request, "room/copy.html", context, status=refusal.status if refusal else 200)
    return mark(response, refusal) if refusal else response
