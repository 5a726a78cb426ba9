"""People's data for an event's organisers: find somebody, see what is held and what would be deleted, and erase it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from opendev.core.errors import DomainError, Malformed
from opendev.core.text import id_in_address
from opendev.erasure.people import KINDS, Search, erase_people, person_file, read_chosen, search_people
from opendev.home.organise.entrance import show
from sessions.programme.pages import enter

SURE = "sure"
WHAT = {
    "attendees": gettext_lazy("Attendee"),
    "registrations": gettext_lazy("Registration, not joined"),
    "sign_ups": gettext_lazy("Name from the notes"),
}
GOES = {
    "votes_in_named_polls": gettext_lazy("votes in named polls, which count on as nobody’s"),
    "questions": gettext_lazy("questions"),
    "upvotes": gettext_lazy("votes for questions, which count on as nobody’s"),
    "suggestions": gettext_lazy("follow-ups suggested"),
    "supports_of_suggestions": gettext_lazy("follow-ups supported"),
    "sign_ups": gettext_lazy("follow-ups"),
    "attendances": gettext_lazy("sessions joined"),
    "registrations": gettext_lazy("registration"),
}


@require_safe
@never_cache
def page(request: HttpRequest, event: str) -> HttpResponse:
    """Search by a part of a name or an address; the result lists what would be deleted, and nothing changes."""
    return _page(request, event)


def _page(request: HttpRequest, event: str, *, refused: DomainError | None = None) -> HttpResponse:
    event_row, caller = enter(request, event)
    who = (request.POST if refused else request.GET).get("who", "").strip()
    search: Search | None = None
    if who:
        try:
            search = search_people(event_id=event_row.pk, caller=caller, who=who)
        except Malformed:
            sentence = _("Enter at least two characters of a name or an email address.")
            refused = Malformed(sentence, fields={"who": sentence})
    chosen = request.POST.getlist("person") if refused else []
    rows = [
        {
            "match": match,
            "what": WHAT[match.kind],
            "who": [match.name or _("No name"), match.company, *match.emails],
            "goes": [f"{GOES[name]}: {number}" for name, number in match.goes.items() if number],
            "is_chosen": match.key in chosen,
        }
        for match in (search.matches if search else ())
    ]
    context: dict[str, Any] = {"event": event_row, "who": who, "search": search, "rows": rows}
    return show(request, "people", context, refused=refused)


@require_POST
@never_cache
def erase(request: HttpRequest, event: str) -> HttpResponse:
    """Erase the ticked people; the confirmation must be ticked too."""
    event_row, caller = enter(request, event)
    try:
        if request.POST.get(SURE) != "yes":
            sentence = _("Tick the box first. This cannot be undone.")
            raise Malformed(sentence, fields={SURE: sentence})
        people: dict[str, list[str]] = {kind: [] for kind in KINDS}
        for key in request.POST.getlist("person"):
            kind, _colon, number = key.partition(":")
            people.setdefault(kind, []).append(number)
        if not any(people.values()):
            sentence = _("Choose whom to erase.")
            raise Malformed(sentence, fields={"person": sentence})
        chosen = read_chosen(people)
        count = erase_people(event_id=event_row.pk, caller=caller, chosen=chosen, now=timezone.now())
    except DomainError as refusal:
        return _page(request, event, refused=refusal)
    messages.success(request, ngettext("%(count)d erased.", "%(count)d erased.", count) % {"count": count})
    return redirect("organise-people", event=event_row.slug)


@require_safe
@never_cache
def download(request: HttpRequest, event: str, number: str) -> HttpResponse:
    """The data held about an attendee, as a file for the person who asked for it."""
    event_row, caller = enter(request, event)
    held = person_file(
        event_id=event_row.pk, caller=caller, attendee_id=id_in_address(number), now=timezone.now()
    )
    response = JsonResponse(held, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="{event_row.slug}-attendee-{number}.json"'
    return response
