"""The control room: every action is a form that works without JavaScript."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from opendev.core.attendance import Caller
from opendev.core.callers import caller_of
from opendev.core.errors import DomainError, Malformed, NotSignedIn
from opendev.core.text import id_in_address
from opendev.core.web.pages import mark
from opendev.room import forms
from opendev.room.cards import card_for
from opendev.room.pages import control_context
from opendev.room.posting import posted_from
from opendev.room.services import set_session_state
from polls import services
from polls.kinds import DEFAULT_FIELD, KINDS, kind_named, preset_choices
from polls.models import Poll
from polls.selectors import moderators_options, named_answers, option_texts, poll_by_id
from polls.services.drafts import draft_of
from polls.services.reading import read_draft
from sessions.displays.services import set_screen
from sessions.programme import selectors
from sessions.programme.models import Session
from sessions.programme.services.rights import check_moderates
from sessions.timeline.models import TimelineEntry
from sessions.timeline.selectors import timeline_of

Act = Callable[[HttpRequest, Session, Caller], HttpResponse]


def settings_context() -> dict[str, Any]:
    """Return the choices in a poll's settings: kinds, ready answers, and who may see results (value, label, help)."""
    visibilities = [
        (value, str(label), forms.VISIBILITY_HELP[value]) for value, label in Poll.Visibility.choices
    ]
    return {"kinds": list(KINDS.values()), "presets": preset_choices(), "visibilities": visibilities}


def enter(request: HttpRequest, event: str, session: str) -> tuple[Session, Caller]:
    """Return the session and its moderator.

    Raises:
        NotFound, NotSignedIn, NotModerator
    """
    found = selectors.session_by_slug(event, session)
    caller = caller_of(request, found.event_id)
    check_moderates(caller=caller, session_id=found.pk)
    return found, caller


def show(
    request: HttpRequest, session: Session, *, refused: DomainError | None = None, **more: Any
) -> HttpResponse:
    """Return the control room; `more` are a status, and the values of a refused form."""
    context = control_context(
        session,
        user_name=selectors.name_of_user(request.user.pk or 0, session.event_id),
        picked=more.pop("picked", request.GET.get("poll", "")),
        now=timezone.now(),
    )
    context |= settings_context()
    context["error"] = {"code": refused.code, "message": refused.message} if refused else None
    context["quick"], context["quick_error"], context["quick_code"] = forms.QUICK_DEFAULTS, "", ""
    context.update(more)
    status = more.pop("status", refused.status if refused else 200)
    response = render(request, "room/control.html", context, status=status)
    return mark(response, refused) if refused else response


@require_safe
@never_cache
def control(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """The control room."""
    try:
        found, _caller = enter(request, event, session)
    except NotSignedIn:
        return redirect_to_login(request.get_full_path())
    return show(request, found)


def act(
    request: HttpRequest,
    event: str,
    session: str,
    work: Callable[[Session, Caller], object],
    *,
    picked: str = "",
    anchor: str = "",
) -> HttpResponse:
    """Execute an action and redirect to the control room; a refusal shows it there, with its status and code."""
    found, caller = enter(request, event, session)
    try:
        work(found, caller)
    except DomainError as refusal:
        found = selectors.session_by_slug(event, session)
        return show(request, found, refused=refusal, picked=picked)
    return redirect(found.address("control") + (f"?poll={picked}" if picked else "") + anchor)


def _poll_here(session: Session, poll: str) -> Poll:
    """Return a poll of this session; 404 if it belongs to another session."""
    return poll_by_id(id_in_address(poll), session_id=session.pk)


@posted_from("control")
def poll_state(request: HttpRequest, event: str, session: str, poll: str) -> HttpResponse:
    """Launch, close, publish, archive, or undo."""
    state, seen = request.POST.get("state"), request.POST.get("seen")

    def work(found: Session, caller: Caller) -> None:
        services.set_poll_state(
            poll_id=_poll_here(found, poll).pk,
            caller=caller,
            state=state,
            now=timezone.now(),
            seen=seen,
        )

    return act(request, event, session, work, picked="" if state == Poll.State.LIVE else poll)


@posted_from("control")
def poll_visibility(request: HttpRequest, event: str, session: str, poll: str) -> HttpResponse:
    """Reveal."""
    given = {"visibility": request.POST.get("visibility")}
    return act(
        request,
        event,
        session,
        lambda found, caller: services.edit_poll(
            poll_id=_poll_here(found, poll).pk, caller=caller, given=given, now=timezone.now()
        ),
        picked=poll,
    )


@posted_from("control")
def poll_clock(request: HttpRequest, event: str, session: str, poll: str) -> HttpResponse:
    """Start a countdown, or prolong the running one, by this many seconds."""

    def work(found: Session, caller: Caller) -> None:
        here, now = _poll_here(found, poll), timezone.now()
        text = request.POST.get("seconds", "")
        if not (text.isascii() and text.isdigit() and len(text) <= 5):
            sentence = _("The number of seconds must be a whole number.")
            raise Malformed(sentence, fields={"seconds": sentence})
        services.prolong(poll_id=here.pk, caller=caller, seconds=int(text), now=now)

    return act(request, event, session, work, picked=poll)


@posted_from("control")
def poll_round(request: HttpRequest, event: str, session: str, poll: str) -> HttpResponse:
    """Create another round, as a draft."""
    return act(
        request,
        event,
        session,
        lambda found, caller: services.run_again(
            poll_id=_poll_here(found, poll).pk, caller=caller, now=timezone.now()
        ),
    )


@posted_from("control")
def poll_right_answer(request: HttpRequest, event: str, session: str, poll: str) -> HttpResponse:
    """Reveal the right answer."""
    return act(
        request,
        event,
        session,
        lambda found, caller: services.reveal_right_answer(
            poll_id=_poll_here(found, poll).pk, caller=caller, now=timezone.now()
        ),
        picked=poll,
    )


@posted_from("control")
def session_state(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Start the session, or end it together with everything that is live in it."""

    def work(found: Session, caller: Caller) -> None:
        state = request.POST.get("state", "")
        end = request.POST.get("end_rehearsal") == "yes"
        now = timezone.now()
        set_session_state(session_id=found.pk, caller=caller, state=state, now=now, end_rehearsal=end)

    return act(request, event, session, work)


@posted_from("control")
def screen_shows(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Set what the presenter screen shows, or its colours."""
    return act(
        request,
        event,
        session,
        lambda found, caller: set_screen(
            session_id=found.pk,
            caller=caller,
            shows=request.POST.get("shows"),
            theme=request.POST.get("theme"),
        ),
    )


@posted_from("control")
def poll_add(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Add a quick poll, and launch it if the button says so. An error keeps the typed line."""
    found, caller = enter(request, event, session)
    now = timezone.now()
    try:
        draft = read_draft(forms.read_quick(request.POST))
        with transaction.atomic():
            poll = services.add_poll(session_id=found.pk, caller=caller, draft=draft, now=now)
            if request.POST.get("launch"):
                services.set_poll_state(poll_id=poll.pk, caller=caller, state=Poll.State.LIVE, now=now)
    except DomainError as refusal:
        kept: dict[str, Any] = {"quick": forms.kept_quick(request.POST), "quick_error": refusal.message}
        return show(request, found, status=refusal.status, quick_code=refusal.code, **kept)
    return redirect(found.address("control") + ("" if request.POST.get("launch") else f"?poll={poll.pk}"))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def poll_edit(request: HttpRequest, event: str, session: str, poll: str) -> HttpResponse:
    """Edit a draft, or fix the wording of a launched poll; once voting has closed, read it."""
    found, caller = enter(request, event, session)
    here = _poll_here(found, poll)
    frozen = here.launched_at is not None
    is_over = here.state not in {Poll.State.DRAFT, Poll.State.LIVE} and frozen
    form, errors, code, status = draft_form(here), {}, "", 200
    if request.method == "POST":
        given: dict[str, Any] = {
            "question": request.POST.get("question", ""),
            "options": forms.read_options(request.POST),
        }
        if not frozen:
            given |= forms.read_rules(request.POST)
        given |= forms.read_right(request.POST, KINDS.get(given.get("kind", here.kind)))
        if not frozen:
            _let_rules_make_options(given, here)
        if kind_named(here.kind).is_written if frozen else _is_written(given.get("kind")):
            given.pop("options", None)
        try:
            services.edit_poll(poll_id=here.pk, caller=caller, given=given, now=timezone.now())
            return redirect(found.address("control") + f"?poll={here.pk}")
        except DomainError as refusal:
            form, status = form if is_over else forms.kept_edit(request.POST), refusal.status
            errors, code = refusal.fields or {"form": refusal.message}, refusal.code
    card = card_for(here, is_moderator=True)
    context = {
        "event": found.event,
        "session": found,
        "card": card,
        "form": form,
        "errors": errors,
        "error_code": code,
        "frozen": frozen,
        "is_over": is_over,
        "right_is_open": not here.right_revealed_at and kind_named(here.kind).may_have_right,
        "hides_ticks": frozen and (kind_named(here.kind).field != DEFAULT_FIELD),
    }
    return render(request, "room/poll_edit.html", {**context, **settings_context()}, status=status)


def _is_written(kind: Any) -> bool:
    """Return True if voters write the answers, so that the form's options are ignored."""
    return kind in KINDS and kind_named(kind).is_written


def _let_rules_make_options(given: dict[str, Any], poll: Poll) -> None:
    """Drop the options if new rules make new ones; as long as the rules stay, their texts may be changed."""
    kind = KINDS.get(given.get("kind", ""))
    if "rules" not in given or kind is None or not kind.makes_options:
        return
    beside = kind_named(poll.kind).rules_beside_options
    sent, before = (
        {name: value for name, value in rules.items() if name not in beside}
        for rules in (given["rules"], poll.rules)
    )
    if (given.get("kind"), sent) != (poll.kind, before):
        del given["options"]


@require_safe
@never_cache
def poll_answers(request: HttpRequest, event: str, session: str, poll: str) -> HttpResponse:
    """Who chose what in a named poll."""
    found, _caller = enter(request, event, session)
    here = _poll_here(found, poll)
    texts, words = option_texts(here), kind_named(here.kind).answer_words
    rows = [
        (answer, words([texts[option] or _("(hidden)") for option in answer.options], answer.values))
        for answer in named_answers(here)
    ]
    card = card_for(here, is_moderator=True)
    context = {"event": found.event, "session": found, "card": card, "rows": rows}
    return render(request, "room/poll_answers.html", context)


@require_safe
@never_cache
def timeline(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """What happened in the session."""
    found, _caller = enter(request, event, session)
    entries, before = _each_once(timeline_of(found.pk)), None
    for entry in entries:
        day = entry.at.astimezone(found.event.zone).date()
        entry.is_new_day = day != before  # type: ignore[attr-defined]
        before = day
    context = {"event": found.event, "session": found, "timeline": entries}
    return render(request, "room/timeline.html", context)


def _each_once(entries: list[TimelineEntry]) -> list[TimelineEntry]:
    """Leave out an item of the run sheet if the next entry is the poll or the follow-up that began with it."""
    opened = {TimelineEntry.Verb.POLL_LAUNCHED, TimelineEntry.Verb.LINE_OPENED}

    def is_said_again(entry: TimelineEntry, following: TimelineEntry | None) -> bool:
        is_item = entry.verb == TimelineEntry.Verb.ITEM_STARTED
        return bool(is_item and following and following.verb in opened and following.at == entry.at)

    following = [*entries[1:], None][: len(entries)]
    pairs = zip(entries, following, strict=True)
    return [entry for entry, after in pairs if not is_said_again(entry, after)]


def draft_form(poll: Poll) -> dict[str, Any]:
    """Return the edit form's values for a poll."""
    options = moderators_options(poll)
    draft = draft_of(poll, options)
    values = {
        field: getattr(draft, field)
        for field in ("question", "kind", "min", "max", "anonymous", "may_change")
    }
    is_ticked = kind_named(draft.kind).field == DEFAULT_FIELD
    rows = [
        {"id": str(option.pk), "text": option.text, "right": is_ticked and place in draft.right_answer}
        for place, option in enumerate((option for option in options if not option.is_other), 1)
    ]
    right_text = "" if is_ticked else ", ".join(str(part) for part in draft.right_answer)
    for kind in KINDS.values():
        values |= kind.form_of_rules({})
    values |= kind_named(draft.kind).form_of_rules(draft.rules)
    return {**values, "visibility": draft.visibility, "options": rows, "right_text": right_text}
