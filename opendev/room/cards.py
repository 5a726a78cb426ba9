"""A poll as a page shows it: rows, shares and possible actions. The sentences are in templates/room/poll."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from polls.kinds import Kind, ResultRow, Tally, kind_named
from polls.kinds.other import has_other, own_words_line
from polls.kinds.right_answers import TEXTS, count_line, had_it_right, right_line
from polls.kinds.rounds import Rounds, may_compare, rounds_of
from polls.models import Option, Poll
from polls.permissions import OVER
from polls.selectors import NOT_VOTED, Mine, options_of
from polls.serializers import audience_of, mine_json, poll_json, tally_of
from polls.written_store import Written


@dataclass(frozen=True, slots=True)
class Row:
    """An option. `shown` is None if the reader may not see the tally; `entered` is its value in the form.

    `is_other` is True for "Other"; `words` is the text in its form field.
    `right` is True if the right answer was revealed and includes this option.
    """

    id: str
    text: str
    mine: bool
    shown: ResultRow | None = None
    entered: Any = None
    right: bool = False
    is_other: bool = False
    words: str = ""


@dataclass(frozen=True)
class PollCard:
    """A poll on a page, for one reader. Everything comes from the poll's JSON for that reader's audience."""

    poll: dict[str, Any]
    own: Mine
    joined: bool
    wanted_view: str = ""
    tally: Tally | None = None  # None if the reader may not see it
    tried: QueryDict | None = None  # the contents of a refused form, so that nothing is lost
    earlier: "PollCard | None" = None  # the previous round, if both are over

    @property
    def id(self) -> str:
        """The poll's id."""
        return str(self.poll["id"])

    @property
    def kind(self) -> Kind:
        """The poll's kind."""
        return kind_named(self.poll["kind"])

    @property
    def state(self) -> str:
        """The poll's state."""
        return str(self.poll["state"])

    @property
    def state_label(self) -> str:
        """The state as a word."""
        return str(Poll.State(self.state).label)

    @property
    def label(self) -> str:
        """ "Poll 2" or "Poll 2, round 2"; "" before its launch."""
        if self.poll["number"] is None:
            return ""
        words = {"number": self.poll["number"], "round": self.poll["round"]}
        return (
            _("Poll %(number)d, round %(round)d") % words
            if words["round"] > 1
            else _("Poll %(number)d") % words
        )

    @property
    def changes(self) -> str:
        """What moderators changed after votes came in, one sentence per change; "" if nothing.

        This covers rewording after the first vote, and written answers regrouped after the close.
        """
        reworded = _("Reworded by %(by)s at %(time)s UTC, after the first vote. Before: “%(was)s”.")
        regrouped = {
            "merged": _("Answers merged by %(by)s at %(time)s UTC, after voting closed."),
            "split": _("Merged answers split again by %(by)s at %(time)s UTC, after voting closed."),
        }
        told = [(reworded, change) for change in self.poll.get("reworded", ())]
        told += [(regrouped[change["act"]], change) for change in self.poll.get("regrouped", ())]
        return " ".join(words % {**change, "time": change["at"][11:16]} for words, change in told)

    @property
    def is_live(self) -> bool:
        """Whether voting is open."""
        return self.state == Poll.State.LIVE

    @property
    def ballots(self) -> int:
        """The number of ballots counted, one per person."""
        return int(self.poll["ballots"])

    @property
    def visible(self) -> bool:
        """Whether this reader may see the tally."""
        return self.tally is not None

    @property
    def mine(self) -> dict[str, Any]:
        """The reader's own answer, as JSON."""
        return mine_json(self.own)

    @property
    def right(self) -> dict[str, Any] | None:
        """The right answer as JSON; None before it is revealed."""
        right = self.poll.get("right_answer")
        return right if right and right["revealed_at"] else None

    @property
    def hides_right(self) -> bool:
        """Whether the poll has a right answer that is not revealed yet; only known to moderators."""
        return "right_answer" in self.poll and self.right is None

    @property
    def right_words(self) -> str:
        """The revealed right answer in one line, with how many had it if the tally is visible; else ""."""
        if self.right is None:
            return ""
        texts = {option["id"]: option["text"] for option in self.poll["options"]}
        value = self.right[self.kind.field]
        if isinstance(value, list):
            named = [texts[option] for option in value]
        else:
            named = [self.kind.with_unit(value, self.rules)]
        counted = count_line(self.right["count"], self.ballots) if "count" in self.right else ""
        return f"{right_line(self.kind, named)} {counted}".strip()

    @property
    def right_of_mine(self) -> str:
        """A sentence saying whether the reader's own answer is right; "" if that is not known."""
        is_right = had_it_right(self.kind, self.right, self.mine) if self.right else None
        return "" if is_right is None else str(TEXTS["right_mine" if is_right else "right_not_mine"])

    @property
    def has_other(self) -> bool:
        """Whether people may write an option of their own."""
        return has_other(self.rules)

    @property
    def has_written(self) -> bool:
        """Whether voters write the answer, or may write one."""
        return self.has_other or self.kind.is_written

    @property
    def own_words(self) -> str:
        """The answers written for "Other" that may be read, in one line; "" if there are none."""
        other = self.poll.get("other")
        return own_words_line(other["answers"], other["different"]) if other else ""

    @property
    def own_rows(self) -> list[Row]:
        """The reader's own written answer as rows, for when the result is hidden."""
        own = self.kind.texts_of(self.mine) if self.kind.is_written else []
        return [Row("", text, mine=True) for text in own]

    @property
    def can_vote(self) -> bool:
        """Whether a vote would be accepted now."""
        return self.joined and self.is_live and (not self.own.voted or self.can_change)

    @property
    def can_change(self) -> bool:
        """Whether the reader can still change or withdraw their vote from this device."""
        return (
            self.is_live and bool(self.poll["may_change"]) and self.own.voted and self.own.options is not None
        )

    @property
    def view(self) -> str:
        """form, results, waiting (voted, result not visible yet) or hidden (over, result not visible)."""
        if self.is_live and self.wanted_view == "form" and (self.can_change or not self.own.voted):
            return "form"
        if self.is_live and not self.own.voted and not (self.wanted_view == "results" and self.visible):
            return "form"
        if self.visible:
            return "results"
        return "waiting" if self.is_live else "hidden"

    @property
    def closes_at(self) -> datetime | None:
        """When voting closes automatically; None without a countdown."""
        return parse_datetime(self.poll["closes_at"]) if self.poll["closes_at"] else None

    @property
    def rules(self) -> dict[str, Any]:
        """The kind's own rules."""
        return dict(self.poll.get("rules", {}))

    @property
    def asked(self) -> str:
        """What the form asks for, as the start of a sentence; "" if it asks for one or several options."""
        poll = self.poll
        return self.kind.ask(self.rules, poll["min"], poll["max"], len(poll["options"]))

    @property
    def summary(self) -> str:
        """The result in one line; "" if the rows are enough, or the result is not visible."""
        return "" if self.tally is None else self.kind.note_of(self.tally)

    @cached_property
    def picture(self) -> dict[str, Any] | None:
        """The data for the kind's picture; None if it has none, or the result is not visible."""
        return None if self.tally is None else self.kind.picture_of(self.tally)

    @cached_property
    def options(self) -> list[Row]:
        """The options in the order of the form."""
        mine = set(self.mine["options"] or ())
        right = set(self.right.get("options", ())) if self.right else set()
        entered = self.kind.entered(self.tried, self.mine)
        words = self.tried.get("other", "") if self.tried else self.mine.get("other", "")
        return [
            Row(
                o["id"],
                o["text"],
                o["id"] in mine,
                entered=entered.get(o["id"]),
                right=o["id"] in right,
                is_other=o.get("other", False),
                words=words,
            )
            for o in self.poll["options"]
        ]

    @cached_property
    def screen_picture(self) -> dict[str, Any] | None:
        """The data for the kind's picture on the presenter screen."""
        return None if self.tally is None else self.kind.picture_of(self.tally, on_screen=True)

    @property
    def waiting(self) -> int:
        """How many written answers wait for approval; only known to moderators."""
        return int(self.poll.get("moderation", {}).get("waiting", 0))

    @property
    def pick_note(self) -> str:
        """What the form asks for; "" unless the kind has its own wording."""
        return self.kind.pick_note(self.poll)

    @property
    def fields(self) -> list[str]:
        """The texts of the vote form's fields for written answers: the reader's own texts, then empty ones."""
        own = self.tried.getlist("written") if self.tried else self.kind.texts_of(self.mine)
        return own + [""] * (self.poll["max"] - len(own))

    @cached_property
    def rows(self) -> list[Row]:
        """The options in the order of the result, or of the form if the result is not visible."""
        if self.tally is None:
            return self.own_rows if self.kind.is_written else self.options
        options = self.options
        return [replace(options[shown.index], shown=shown) for shown in self.kind.rows(self.tally)]

    @cached_property
    def rounds(self) -> Rounds | None:
        """The comparison with the previous round; None without one, or if either is not visible or has no votes."""
        earlier = self.earlier
        if earlier is None or self.tally is None or earlier.tally is None:
            return None
        if not (self.ballots and earlier.ballots and may_compare(self.kind)):
            return None
        before, after = (earlier.poll["round"], earlier.tally), (self.poll["round"], self.tally)
        return rounds_of(self.kind, before, after)

    @property
    def leaders(self) -> list[Row]:
        """The leading options: several in a tie, none if nobody voted or the result is not visible."""
        return [row for row in self.rows if row.shown and row.shown.is_lead]

    @property
    def leaders_named(self) -> str:
        """The texts of the leading options, in one line."""
        return ", ".join(row.text for row in self.leaders)


def card_for(
    poll: Poll,
    *,
    own: Mine = NOT_VOTED,
    joined: bool = False,
    is_moderator: bool = False,
    wanted_view: str = "",
    tried: QueryDict | None = None,
    options: Sequence[Option | Written] | None = None,
) -> PollCard | None:
    """Return the card of a poll for one reader, or None if they may not see the poll.

    Pass `options` if the poll's options have been read already.
    """
    options = options_of(poll) if options is None else options
    body = poll_json(poll, options, audience_of(is_moderator=is_moderator, mine=own))
    if body is None:
        return None
    shown = body["options"]
    is_visible = "result" in body if kind_named(poll.kind).is_written else all("count" in o for o in shown)
    return PollCard(body, own, joined, wanted_view, tally_of(poll, options) if is_visible else None, tried)


def with_rounds(cards: Sequence[PollCard]) -> list[PollCard]:
    """Return the cards; those that are over include the card of the previous round."""
    latest: dict[tuple[int, str], PollCard] = {}
    linked = {}
    for card in sorted(cards, key=lambda card: int(card.poll["round"])):
        if card.state in OVER:
            rounds = card.poll["number"], card.poll["kind"]
            linked[card.id] = replace(card, earlier=latest.get(rounds))
            latest[rounds] = card
    return [linked.get(card.id, card) for card in cards]


def launch_order(card: PollCard) -> tuple[str, int]:
    """Return the sort key of polls on pages and in scripts: launch time to the millisecond, then id."""
    return card.poll["launched_at"] or "", int(card.id)


def on_air(cards: list[PollCard]) -> PollCard | None:
    """Return the poll on air: the live poll launched last, else the finished poll launched last."""
    shown = [card for card in cards if card.state in {"live", "closed", "published"}]
    return max(shown, key=lambda card: (card.is_live, *launch_order(card)), default=None)
