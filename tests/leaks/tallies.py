"""What a tally is made of in each kind of poll: how somebody votes, and numbers that nothing else looks like.

A kind that is not named here is one whose tally is a count per option.
"""

from collections.abc import Sequence
from typing import Any

from opendev.core.attendance import AttendeePass
from polls.kinds import KINDS
from polls.models import Option, Poll, random_option_key
from polls.services import Vote
from tests.factories.polls import options_of, vote_for, write_in

PLACES = 3  # options, or answers that are shown
MODERATED = (Option.State.WAITING, Option.State.HIDDEN, Option.State.BLOCKED)


class Tallies:
    """A count per option.

    Attributes:
        drawn: how many numbers a poll takes.
        rules: what a poll needs beside its kind, as in its JSON.
    """

    drawn = PLACES
    rules: dict[str, Any] = {}

    def __init__(self, kind: str) -> None:
        self.kind, self.field = kind, KINDS[kind].field

    def answer(self, poll: Poll) -> Any:
        """Somebody's answer, as it is sent; it holds no number that is looked for."""
        return [str(self.chosen(poll))]

    def chosen(self, poll: Poll) -> int:
        return sorted(options_of(poll).values())[1]

    def body(self, poll: Poll) -> dict[str, Any]:
        return {self.field: self.answer(poll)}

    def vote(self, poll: Poll, attendee: AttendeePass) -> Vote:
        text = Option.objects.get(pk=self.chosen(poll)).text
        return vote_for(poll, attendee, text)

    def put(self, poll: Poll, numbers: Sequence[int], *, turned: bool = False) -> None:
        """Have the tally hold these numbers; turned, they belong to other options. How many voted stays."""
        for option, number in zip(self.options(poll), turned_by(numbers, turned), strict=True):
            Option.objects.filter(pk=option.pk).update(count=number)
        Poll.objects.filter(pk=poll.pk).update(ballots=sum(numbers[:PLACES]))

    def read(self, poll: Poll) -> list[int]:
        """The numbers as they stand, all of which REST and sockets tell to who may see the tally."""
        return [option.count for option in self.options(poll)]

    def moderated(self, numbers: Sequence[int]) -> list[int]:
        """Those of a poll's numbers that nobody reads but on the page where they are moderated."""
        return []

    def options(self, poll: Poll) -> list[Option]:
        return list(Option.objects.filter(poll=poll, position__isnull=False).order_by("position"))


def turned_by(numbers: Sequence[int], turned: bool) -> list[int]:
    return [*numbers[1:], numbers[0]] if turned else list(numbers)


class OfRanking(Tallies):
    """How many name each option, and how many put it first; every two are compared by numbers of no interest."""

    drawn = 2 * PLACES

    def vote(self, poll: Poll, attendee: AttendeePass) -> Vote:
        return super().vote(poll, attendee)._replace(field=self.field)

    def put(self, poll: Poll, numbers: Sequence[int], *, turned: bool = False) -> None:
        super().put(poll, numbers[:PLACES], turned=turned)
        options = self.options(poll)
        for option, first in zip(options, turned_by(numbers[PLACES:], turned), strict=True):
            above = {str(other.pk): first // 4 for other in options} | {str(option.pk): first}
            Option.objects.filter(pk=option.pk).update(above=above)

    def read(self, poll: Poll) -> list[int]:
        firsts = [(option.above or {}).get(str(option.pk), 0) for option in self.options(poll)]
        return [*super().read(poll), *firsts]


class OfPoints(Tallies):
    """How many gave each option any, and what they gave."""

    drawn = 2 * PLACES

    def answer(self, poll: Poll) -> Any:
        return {str(self.chosen(poll)): 30}

    def vote(self, poll: Poll, attendee: AttendeePass) -> Vote:
        answer = ((self.chosen(poll), 30),)
        return super().vote(poll, attendee)._replace(answer=answer, field=self.field)

    def put(self, poll: Poll, numbers: Sequence[int], *, turned: bool = False) -> None:
        super().put(poll, numbers[:PLACES], turned=turned)
        for option, weight in zip(self.options(poll), turned_by(numbers[PLACES:], turned), strict=True):
            Option.objects.filter(pk=option.pk).update(weight=weight)

    def read(self, poll: Poll) -> list[int]:
        return [*super().read(poll), *(option.weight for option in self.options(poll))]


class OfNumbers(Tallies):
    """A count per bin; the answer of whoever votes is in a bin of its own."""

    rules = {"rules": {"from": "0", "to": "9"}}
    values = ("1", "4", "8")

    def answer(self, poll: Poll) -> Any:
        return "6"

    def vote(self, poll: Poll, attendee: AttendeePass) -> Vote:
        return write_in(poll, attendee, "6")

    def put(self, poll: Poll, numbers: Sequence[int], *, turned: bool = False) -> None:
        kind = KINDS[self.kind]
        for value, number in zip(self.values, turned_by(numbers, turned), strict=True):
            write_row(poll, value, kind.key_of(value), number)
        Poll.objects.filter(pk=poll.pk).update(ballots=sum(numbers))

    def read(self, poll: Poll) -> list[int]:
        rows = Option.objects.filter(poll=poll, text__in=self.values).order_by("text")
        return [row.total for row in rows]


class OfWords(Tallies):
    """What was written is the tally: the texts are numbers, and so are their counts. Some are moderated."""

    drawn = 3 * PLACES

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.rules = {"rules": {"approve": False}}  # of what is put here, and of one's own answer

    def answer(self, poll: Poll) -> Any:
        return "own" if self.field == "text" else ["own"]

    def vote(self, poll: Poll, attendee: AttendeePass) -> Vote:
        return write_in(poll, attendee, "own")

    def put(self, poll: Poll, numbers: Sequence[int], *, turned: bool = False) -> None:
        """Turned, other words were written, not only other counts."""
        texts, counts, moderated = numbers[:PLACES], numbers[PLACES : 2 * PLACES], numbers[2 * PLACES :]
        for text, count in zip(texts, turned_by(counts, turned), strict=True):
            self.write(poll, text, turned, count)
        for text, state in zip(moderated, MODERATED, strict=True):
            self.write(poll, text, turned, 3, state)
        Poll.objects.filter(pk=poll.pk).update(ballots=sum(counts))

    def write(
        self, poll: Poll, number: int, turned: bool, count: int, state: str = Option.State.SHOWN
    ) -> None:
        """The row stays, since a recap remembers it."""
        was, text = (f"w{number + is_turned}" for is_turned in (not turned, turned))
        key = KINDS[self.kind].key_of(text)
        Option.objects.filter(poll=poll, text=was).update(text=text, key=key, shown_as=text)
        write_row(poll, text, key, count, state)

    def read(self, poll: Poll) -> list[int]:
        shown = (
            Option.objects.filter(poll=poll, state=Option.State.SHOWN).exclude(text="own").order_by("text")
        )
        return [*(int(row.text[1:]) for row in shown), *(row.total for row in shown)]

    def moderated(self, numbers: Sequence[int]) -> list[int]:
        return list(numbers[2 * PLACES :])


def write_row(poll: Poll, text: str, key: str, count: int, state: str = Option.State.SHOWN) -> None:
    """What somebody wrote, without ballots that prove it."""
    row = {"key": key, "count": count, "total": count, "shown_as": text, "state": state}
    new = {"id": random_option_key(), "author_kind": Option.Author.VOTER, **row}
    Option.objects.update_or_create(poll=poll, text=text, defaults=row, create_defaults=new)


OF_KIND = {
    "ranking": OfRanking,
    "points": OfPoints,
    "number": OfNumbers,
    "words": OfWords,
    "text": OfWords,
}


def tallies_of(kind: str) -> Tallies:
    """What a kind's tally is made of."""
    return OF_KIND.get(kind, Tallies)(kind)
