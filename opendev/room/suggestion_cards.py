"""Suggested follow-ups for pages: the values that templates need, computed once."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from opendev.core.attendance import AttendeePass
from opendev.core.groups import EVERYBODY
from sessions.programme.models import Session
from sessions.programme.permissions import MODERATORS
from sessions.suggestions.models import Suggestion
from sessions.suggestions.permissions import AUTHOR
from sessions.suggestions.selectors import similar_lines, similar_suggestions, suggestions_of
from sessions.suggestions.serializers import mine_json, suggestion_json

State = Suggestion.State
WROTE, SUPPORTS = "author", "supporter"  # a reader's role in the suggestion that a line was opened from


@dataclass(frozen=True)
class SuggestionCard:
    """A suggestion for one reader. Everything comes from its JSON for the reader's audience."""

    suggestion: dict[str, Any]
    mine: dict[str, bool]
    can_support: bool = False
    undo_seconds: int = 0

    def __getattr__(self, name: str) -> Any:
        return self.suggestion[name]

    @property
    def state_label(self) -> str:
        """The state as a word."""
        return str(State(self.suggestion["state"]).label)

    @property
    def may_be_changed(self) -> bool:
        """Whether its author may still change the title."""
        is_free = (
            self.suggestion["state"] in {State.WAITING, State.OPEN} and not self.suggestion["supporters"]
        )
        return self.mine["author"] and is_free

    @property
    def may_be_withdrawn(self) -> bool:
        """Whether its author may still withdraw it."""
        return self.mine["author"] and self.suggestion["state"] != State.OPENED


@dataclass
class SuggestionList:
    """The suggestions of a session in the order of a page."""

    open: list[SuggestionCard] = field(default_factory=list)  # those with most supporters first
    waiting: list[SuggestionCard] = field(default_factory=list)  # in the room one's own
    dismissed: list[SuggestionCard] = field(default_factory=list)  # in the room one's own
    opened: list[SuggestionCard] = field(default_factory=list)

    @property
    def listed(self) -> list[SuggestionCard]:
        """Those that the room lists: all that are not follow-ups yet."""
        return [*self.open, *self.waiting, *self.dismissed]

    @property
    def everything(self) -> list[SuggestionCard]:
        """All of them."""
        return [*self.listed, *self.opened]

    @property
    def of_lines(self) -> dict[str, str]:
        """The reader's role in the suggestion that each line was opened from, by the line's id."""
        own = [card for card in self.opened if card.line and (card.mine["author"] or card.mine["supported"])]
        return {card.line: WROTE if card.mine["author"] else SUPPORTS for card in own}


def suggestions_for(
    session: Session,
    attendee: AttendeePass | None,
    suggestions: Iterable[Suggestion],
    supported: Collection[int],
) -> SuggestionList:
    """Return the session's given suggestions as an attendee, or a visitor, sees them."""
    attendee_id = attendee.attendee_id if attendee else None
    is_open = attendee is not None and session.shown_state not in {Session.State.OVER, "cancelled"}
    cards = []
    for suggestion in suggestions:
        mine = mine_json(suggestion, attendee_id, suggestion.pk in supported)
        if body := suggestion_json(suggestion, AUTHOR if mine["author"] else EVERYBODY):
            can_support = is_open and not mine["author"] and suggestion.state == State.OPEN
            cards.append(SuggestionCard(body, mine, can_support))
    return _in_order(cards)


def moderators_suggestions(session: Session, *, now: datetime) -> SuggestionList:
    """Return the suggestions as moderators see them, with the seconds in which a move can be undone."""
    bodies = [suggestion_json(suggestion, MODERATORS) for suggestion in suggestions_of([session.pk])]
    nobody = {"author": False, "supported": False}
    return _in_order(
        SuggestionCard(body, nobody, undo_seconds=_seconds_left(body, now)) for body in bodies if body
    )


def _seconds_left(body: dict[str, Any], now: datetime) -> int:
    until = parse_datetime(body["undo_until"] or "")
    return max(0, round((until - now).total_seconds())) if until else 0


def _in_order(cards: Iterable[SuggestionCard]) -> SuggestionList:
    """Split the cards, given oldest first, by state; open ones by supporters."""
    suggestions = SuggestionList()
    for card in cards:
        getattr(suggestions, card.state).append(card)
    suggestions.open.sort(key=lambda card: -card.supporters)
    return suggestions


def similar_titles(session_id: int, title: str) -> list[tuple[str, str]]:
    """Return (anchor, title) of similar follow-ups and open suggestions in the session."""
    lines = [(f"line-{line.pk}", line.title) for line in similar_lines(session_id, title)]
    suggestions = similar_suggestions(session_id, title)
    return lines + [(f"suggestion-{each.pk}", each.title) for each in suggestions]
