"""The contents of the room's pages: the reading side of the views."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone

from etherpad_links.models import EtherpadLink
from etherpad_links.notes import notes_of
from etherpad_links.selectors import copy_of, notes_urls, writing_url
from opendev.core.attendance import AttendeePass, Caller
from opendev.core.live import hub
from opendev.core.parts import SHOWN_FIRST, shown_rows
from opendev.room.cards import PollCard, card_for, launch_order, on_air, with_rounds
from opendev.room.lines import cards_of, line_cards
from opendev.room.moves import Move, moves_of, undo_of
from opendev.room.pads import in_pads, in_pads_of
from opendev.room.parts import parts_context
from opendev.room.qr import qr_svg
from opendev.room.question_cards import questions_for, queue_questions, room_questions
from opendev.room.reads import OwnReads, RoomReads, own_reads
from opendev.room.record import record_of
from opendev.room.run_sheet_cards import SheetCard, is_taken, running_of, sheet_card
from opendev.room.suggestion_cards import moderators_suggestions, suggestions_for
from polls.models import Poll
from polls.selectors import NOT_VOTED, polls_of
from sessions.follow_ups.models import SignUpLine
from sessions.follow_ups.services.sign_ups import consent_words, default_contact_until
from sessions.programme.models import Session
from sessions.reactions.services import pace_of

SCREEN_QUESTIONS = 5
OPEN_STATES = frozenset({Session.State.UPCOMING, Session.State.LIVE})


@dataclass
class ControlCard:
    """A card with the moderator's current options."""

    card: PollCard
    moves: list[Move] = field(default_factory=list)
    undo: Move | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.card, name)


def socket_path(session: Session) -> str:
    """Return the address of the session's socket."""
    return f"/ws/sessions/{session.pk}/"


def common(session: Session) -> dict[str, Any]:
    """Return the common contents of a session's pages."""
    join_url = settings.PUBLIC_URL + reverse("join-code", kwargs={"code": session.code})
    return {
        "event": session.event,
        "session": session,
        "is_open": session.shown_state in OPEN_STATES,
        "present": hub.present(session.pk),
        "unusual": hub.unusual(session.pk),
        "socket_path": socket_path(session),
        "join_url": join_url,
        "join_host": settings.PUBLIC_URL.partition("://")[2],
        "qr_svg": qr_svg(join_url),
    }


def room_context(
    request: HttpRequest,
    reads: RoomReads,
    caller: Caller,
    *,
    tried: tuple[str, QueryDict | None] = ("", None),
    part: str = "",
) -> dict[str, Any]:
    """Return the room as one attendee, or a visitor, sees it. `tried` is (poll id, fields) of a refused form."""
    session, running = reads.session, reads.running
    attendee = caller.attendee_of(session.event_id)
    own = own_reads(attendee, reads)
    cards = _room_cards(
        reads, own, joined=attendee is not None, wanted_view=request.GET.get("view", ""), tried=tried
    )
    first = _first_of(cards, running, tried[0])
    others = [card for card in cards if card is not first]
    sort = request.GET.get("sort", "")
    questions = questions_for(session, attendee, reads.questions, own.upvoted, sort=sort)
    context = {
        **common(session),
        "running": running,
        "questions": questions.cut(shown_rows(request.GET)),
        "question_sort": sort,
        "own_name": own.name,
        "has_recap": reads.has_recap,
        **lines_context(reads, own, attendee),
        "attendee": attendee,
        "may_react": session.reactions_open and session.state == Session.State.LIVE,
        "pressed": request.GET.get("pressed", ""),
        "has_unusual_kind": any(not card.kind.is_usual for card in cards),
        "on_air": first,
        "waiting_polls": [card for card in others if card.is_live],
        "earlier": sorted([card for card in others if not card.is_live], key=launch_order, reverse=True),
        "record": record_of(cards, reads.prompts) if session.state == Session.State.OVER else [],
    }
    wanted = part or request.GET.get("tab", "")
    context |= notes_context(reads.link, own.name, wanted)
    return context | parts_context(context, wanted)


def _first_of(cards: list[PollCard], running: dict[str, Any] | None, tried: str) -> PollCard | None:
    """Return the poll on the room's stage: the one whose form was refused, otherwise the one on air."""
    first = on_air(cards)
    if first and not first.is_live and is_taken(running):
        first = None  # a poll that is over leaves the stage to the running item
    return next((card for card in cards if card.id == tried), first) if tried else first


def _room_cards(
    reads: RoomReads, own: OwnReads, *, joined: bool, wanted_view: str, tried: tuple[str, QueryDict | None]
) -> list[PollCard]:
    """Return the polls visible to this attendee, or visitor, with the values of a refused form."""
    made = [
        card_for(
            poll,
            own=own.answers.get(poll.pk, NOT_VOTED),
            joined=joined,
            wanted_view=wanted_view or ("form" if str(poll.pk) == tried[0] else ""),
            tried=tried[1] if str(poll.pk) == tried[0] else None,
            options=options,
        )
        for poll, options in reads.polls
    ]
    return with_rounds([card for card in made if card is not None])


def notes_context(link: EtherpadLink | None, name: str, wanted: str) -> dict[str, Any]:
    """Return the pad's address for this reader, and the notes themselves if the page shows them."""
    copy = copy_of(link.pk) if link and wanted == "notes" else None
    return {
        "pad": link,
        "notes_url": link.url if link else "",
        "pad_url": writing_url(link, name) if link else "",
        "notes": notes_of(copy) if copy else None,
        "notes_seen_at": copy.seen_at if copy else None,
        "embeds_pad": bool(link and settings.ETHERPAD_EMBED and link.url.startswith(settings.ETHERPAD_URL)),
    }


def lines_context(reads: RoomReads, own: OwnReads, attendee: AttendeePass | None) -> dict[str, Any]:
    """Return the session's sign-up lines and suggestions, and the data for the dialog before the first tap."""
    session, is_joined = reads.session, attendee is not None
    suggestions = suggestions_for(session, attendee, reads.suggestions, own.supported)
    until = default_contact_until(timezone.now())
    pads = in_pads_of(reads.pads, own.pad_names, own.name)
    return {
        "lines": cards_of(reads.lines, own.sign_ups, pads, is_joined=is_joined, wishes=suggestions.of_lines),
        "suggestions": suggestions,
        "may_suggest": session.suggestions_open and session.shown_state in OPEN_STATES,
        "has_signed_up": own.has_signed_up,
        "form": {"name": own.name, "company": own.company},
        "contact_until": until,
        "consent_words": consent_words("{title}", until),
    }


def queue_context(session: Session, *, sort: str, shown: int, now: datetime) -> dict[str, Any]:
    """Return the queue of questions, as moderators and helpers see it."""
    return {**common(session), "queue": queue_questions(session, sort=sort, now=now).cut(shown)}


# The screen's questions, if a moderator chose them: as for an item of the run sheet.
ASKED_MOST: dict[str, Any] = {"id": None, "kind": "questions", "text": "", "line": None}


def screen_context(session: Session) -> dict[str, Any]:
    """Return the presenter screen: what everybody may see, whoever is signed in; after the end, the end slide."""
    cards = with_rounds([card for poll in polls_of([session.pk]) if (card := card_for(poll)) is not None])
    poll, asked = on_air(cards), room_questions(session, None)
    question, running = asked.on_air, running_of(session.pk)
    shows = (
        Session.Shows.ON_AIR if session.state == Session.State.OVER else Session.Shows(session.screen_shows)
    )
    if session.state == Session.State.OVER:
        poll = question = running = None
    elif shows != Session.Shows.ON_AIR:
        poll = question = None
        running = ASKED_MOST if shows == Session.Shows.QUESTIONS else None
    elif poll and poll.is_live:  # voting is open: nothing replaces the poll on the screen
        question = running = None
    elif question or is_taken(running):
        poll = None
    item = running if running and is_taken(running) and not question else None
    asked_most = asked.open[:SCREEN_QUESTIONS] if item and item["kind"] == "questions" else []
    lines = line_cards([session.pk], None, {})
    return {
        **common(session),
        "on_air": poll,
        "question": question,
        "item": item,
        "asked_most": asked_most,
        "line": next((card for card in lines if item and card.id == item["line"]), None),
        "open_lines": [card for card in lines if card.line["state"] == SignUpLine.State.OPEN],
        "shows": shows,
        "view": _view_of_screen(session, question, item, poll),
        "headline_length": _headline_length(question, item, poll),
        **_addresses_after_the_end(session),
    }


def _addresses_after_the_end(session: Session) -> dict[str, str]:
    """Return the address of results, recap and follow-ups for reading and typing: without the scheme."""
    host, event = settings.PUBLIC_URL.partition("://")[2], {"event": session.event.slug}
    return {
        "record_address": host + reverse("join-code", kwargs={"code": session.code}),
        "recap_address": host + reverse("recap", kwargs=event),
        "event_address": host + reverse("programme", kwargs=event),
        "follow_ups_address": host + reverse("follow-ups", kwargs=event),
    }


def _view_of_screen(session: Session, question: Any, item: Any, poll: PollCard | None) -> str:
    if session.state == Session.State.OVER:
        return "end"
    if question:
        return "question"
    if item:
        return str(item["kind"])
    if poll is None:
        return "calm"
    return "results" if poll.visible else "picks"


def _headline_length(question: Any, item: Any, poll: PollCard | None) -> int:
    """Return the number of characters of the screen's largest text."""
    if question:
        return len(question.text)
    if item:
        return len(item["text"])
    return len(poll.poll["question"]) if poll else 0


def _on_stage(sheet: SheetCard, first: Any) -> Any:
    """Return the poll on stage by default: the running item comes before polls that are over; None for no poll."""
    running = sheet.running
    if running is None or (first and first.is_live):
        return first
    return running.poll


def _join_undo(cards: list[Any], sheet: SheetCard) -> Any:
    """Leave only one undo button if a step also changed polls; return the card of the poll that it closed."""
    if not sheet.undo_seconds:
        return None
    closed = [card for card in cards if card.id in sheet.closed and card.state == Poll.State.CLOSED]
    for card in cards:
        if card.id == sheet.undo_of or card in closed:
            card.undo = None
    return next(iter(closed), None)


def run_sheet_context(session: Session, *, now: datetime) -> dict[str, Any]:
    """Return the contents of the run sheet's page, and the possible subjects of its items."""
    cards = {str(poll.pk): card_for(poll, is_moderator=True) for poll in polls_of([session.pk])}
    sheet = sheet_card(session.pk, cards, now)
    drafts = [
        card
        for card in cards.values()
        if card and card.state == Poll.State.DRAFT and card.id not in sheet.polls_in_it
    ]
    taken = {card.item.subject for card in sheet.items}
    lines = [card for card in line_cards([session.pk], None, {}) if int(card.id) not in taken]
    return {
        **common(session),
        "sheet": sheet,
        "drafts": drafts,
        "free_lines": lines,
    }


def control_context(session: Session, *, user_name: str, picked: str, now: datetime) -> dict[str, Any]:
    """Return the control room."""
    polls = polls_of([session.pk])
    polls.sort(key=lambda poll: poll.state == Poll.State.ARCHIVED)  # stable: the rest stays in running order
    shown = [card for poll in polls if (card := card_for(poll, is_moderator=True)) is not None]
    cards: list[Any] = [ControlCard(card, moves_of(card), undo_of(card, now)) for card in with_rounds(shown)]
    first = on_air(cards)
    sheet = sheet_card(session.pk, {card.id: card for card in cards}, now)
    selected: Any = next((card for card in cards if card.id == picked), _on_stage(sheet, first))
    closed_with = _join_undo(cards, sheet)
    stage_item = sheet.running if selected is None else None
    next_draft = next((card for card in cards if card.state == Poll.State.DRAFT), None)
    since = session.went_live_at if session.state == Session.State.LIVE else None
    return {
        **common(session),
        "cards": cards,
        "sheet": sheet,
        "loose_polls": [card for card in cards if card.id not in sheet.polls_in_it],
        "stage_item": stage_item,
        "queue_on_stage": stage_item is not None and stage_item.item.kind == stage_item.item.Kind.QUESTIONS,
        "queue": queue_questions(session, now=now).cut(SHOWN_FIRST),
        "suggestions": moderators_suggestions(session, now=now),
        "on_air": first,
        "selected": selected,
        "closed_with_step": closed_with,
        "left_open": [card for card in cards if card.is_live and card is not selected],
        "has_primary": bool(selected) and any(move.primary for move in selected.moves),
        "next_draft": next_draft,
        "lines": line_cards([session.pk], None, in_pads([session.pk], None)),
        "pace": pace_of(session.pk),
        "screen_url": session.address("screen"),
        "user_name": user_name,
        "elapsed_minutes": int((now - since).total_seconds() // 60) if since else None,
        "notes_url": notes_urls([session.pk]).get(session.pk, ""),
    }
