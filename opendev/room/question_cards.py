"""Questions for pages: the values that templates need, computed once."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opendev.core.attendance import AttendeePass
from opendev.core.dates import day_words
from opendev.core.groups import EVERYBODY
from opendev.core.parts import shown_next
from sessions.programme.models import Session
from sessions.programme.permissions import MODERATORS
from sessions.questions.models import Question, QuestionDismissal
from sessions.questions.permissions import AUTHOR
from sessions.questions.selectors import dismissals_of, own_upvotes, questions_of
from sessions.questions.serializers import mine_json, question_json

State = Question.State
BY_VOTES, BY_TIME = "votes", "time"
PARTS = ("waiting", "open", "answered", "hidden")


@dataclass(frozen=True)
class QuestionCard:
    """A question for one reader. Everything comes from its JSON for the reader's audience."""

    question: dict[str, Any]
    mine: dict[str, bool]
    can_upvote: bool = False
    undo_seconds: int = 0

    def __getattr__(self, name: str) -> Any:
        return self.question[name]

    @property
    def state_label(self) -> str:
        """The state as a word."""
        return str(State(self.question["state"]).label)

    @property
    def age(self) -> str:
        """How long ago it was asked, in words."""
        asked = parse_datetime(self.question["asked_at"])
        if asked is None:
            return ""
        minutes = int((timezone.now() - asked).total_seconds() // 60)
        if minutes < 1:
            return _("just now")
        if minutes < 60:
            return ngettext("%(count)d min ago", "%(count)d min ago", minutes) % {"count": minutes}
        if minutes < 24 * 60:
            hours = minutes // 60
            return ngettext("%(count)d hour ago", "%(count)d hours ago", hours) % {"count": hours}
        return day_words(asked, "j F Y")

    @property
    def is_mine(self) -> bool:
        """Whether the reader asked it."""
        return self.mine["author"]

    @property
    def may_be_changed(self) -> bool:
        """Whether its author may still change the text."""
        is_free = self.question["state"] in {State.WAITING, State.OPEN} and not self.question["votes"]
        return self.is_mine and is_free and not self.question.get("is_merged")

    @property
    def may_be_withdrawn(self) -> bool:
        """Whether its author may still withdraw it."""
        return self.is_mine and self.question["state"] not in {State.ON_AIR, State.ANSWERED}


@dataclass
class QuestionList:
    """The questions of a session in the order of a page."""

    on_air: QuestionCard | None = None
    waiting: list[QuestionCard] = field(default_factory=list)  # for approval; in the room the reader's own
    open: list[QuestionCard] = field(default_factory=list)
    answered: list[QuestionCard] = field(default_factory=list)
    hidden: list[QuestionCard] = field(default_factory=list)  # dismissed, or merged into another one
    dismissals: list[QuestionDismissal] = field(default_factory=list)  # dismissals to undo together
    counts: dict[str, int] = field(default_factory=dict)  # of each list, before it was cut
    unvoted: int = 0  # open, without a vote or a pin
    shown: int = 0  # the maximum number of rows per list, once it was cut

    def cut(self, shown: int) -> "QuestionList":
        """Return the list with up to `shown` rows of each part, so that the page stays short."""
        lists = {name: getattr(self, name) for name in PARTS}
        return replace(
            self,
            **{name: cards[:shown] for name, cards in lists.items()},
            counts={name: len(cards) for name, cards in lists.items()},
            unvoted=sum(not card.votes and not card.pinned for card in self.open),
            shown=shown,
        )

    @property
    def left_out(self) -> dict[str, int]:
        """The number of rows of each list that the page does not show."""
        return {name: max(0, count - self.shown) for name, count in self.counts.items()}

    @property
    def shown_next(self) -> int:
        """The number of rows of each list after "show more"."""
        return shown_next(self.shown)

    @property
    def everything(self) -> list[QuestionCard]:
        """All of them, the one on air first."""
        first = [self.on_air] if self.on_air else []
        return [*first, *self.waiting, *self.open, *self.answered, *self.hidden]


def room_questions(session: Session, attendee: AttendeePass | None, *, sort: str = "") -> QuestionList:
    """Return the questions as an attendee, or a visitor, sees them in the room, even if a moderator is signed in."""
    upvoted = own_upvotes([(attendee.attendee_id, session.pk)])[0] if attendee else set()
    return questions_for(session, attendee, questions_of([session.pk]), upvoted, sort=sort)


def questions_for(
    session: Session,
    attendee: AttendeePass | None,
    questions: Iterable[Question],
    upvoted: Collection[int],
    *,
    sort: str,
) -> QuestionList:
    """Return the session's given questions as an attendee, or a visitor, sees them."""
    attendee_id = attendee.attendee_id if attendee else None
    is_open = attendee is not None and session.shown_state not in {Session.State.OVER, "cancelled"}
    cards = []
    for question in questions:
        is_author = attendee_id is not None and question.attendee_id == attendee_id
        if body := question_json(question, AUTHOR if is_author else EVERYBODY):
            mine = mine_json(question, attendee_id, question.pk in upvoted)
            can_upvote = is_open and not is_author and question.state == State.OPEN
            cards.append(QuestionCard(body, mine, can_upvote))
    return _in_order(cards, sort)


def queue_questions(session: Session, *, sort: str = "", now: datetime) -> QuestionList:
    """Return the questions as moderators and helpers see them, with the seconds in which a move can be undone."""
    bodies = [question_json(question, MODERATORS) for question in questions_of([session.pk])]
    nobody = {"author": False, "upvoted": False}
    queue = _in_order(
        [QuestionCard(body, nobody, undo_seconds=_seconds_left(body, now)) for body in bodies if body], sort
    )
    queue.dismissals = dismissals_of(session.pk)
    return queue


def _seconds_left(body: dict[str, Any], now: datetime) -> int:
    until = parse_datetime(body["undo_until"] or "")
    return max(0, round((until - now).total_seconds())) if until else 0


def _in_order(cards: Iterable[QuestionCard], sort: str) -> QuestionList:
    """Split the cards, given oldest first, by state; open ones with pinned ones first, then by votes or by time."""
    found = QuestionList()
    parts = {
        State.WAITING: found.waiting,
        State.OPEN: found.open,
        State.ANSWERED: found.answered,
        State.DISMISSED: found.hidden,
    }
    for card in cards:
        if card.question.get("merged_into") or card.question.get("is_merged"):
            found.hidden.append(card)
        elif card.state == State.ON_AIR:
            found.on_air = card
        else:
            parts[State(card.state)].append(card)
    found.open.sort(key=lambda card: (not card.pinned, 0 if sort == BY_TIME else -card.votes))
    found.answered.sort(key=lambda card: int(card.id))
    found.answered.sort(key=lambda card: card.question["answered_at"], reverse=True)
    return found
