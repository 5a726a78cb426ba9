"""One sign-up line as the worker follows it through a pad: its heading's place, and the names that belong under it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ObjectDoesNotExist

from etherpad_links.easysync import Changeset, Line, map_line_end
from etherpad_links.models import PadLine, PadName
from etherpad_links.services import PlaceInPad
from etherpad_links.services.records import CHANGED_IN_NOTES
from etherpad_links.sync.blocks import MAX_NAME_UNITS, Place, folded, locate
from etherpad_links.sync.plan import Known
from sessions.models import SignUp, SignUpLine

State = PadLine.State


@dataclass(slots=True)
class TrackedLine:
    """What the worker knows of a line. Title, names and wishes are the database's, the place is the worker's own."""

    line_id: int
    title: str
    heading: str
    position: int | None = None
    number: int | None = None
    state: str = State.NEW
    copies: int = 1
    pointed_at: int | None = None
    wants_heading: bool = False
    known: list[Known] = field(default_factory=list)
    seen: tuple[str, ...] = ()  # the block as it was when it last changed
    quiet_since: float = 0.0

    def move(self, changeset: Changeset) -> None:
        """Follow the heading through a change."""
        if self.position is not None:
            self.position = map_line_end(changeset, self.position)

    def find(self, lines: Sequence[Line]) -> Line | None:
        """Find the heading now, and remember where; None where that cannot be said."""
        if self.pointed_at is not None:
            self._point(lines)
        place = locate(lines, heading=self.heading, position=self.position, copies=self.copies)
        if place.state == State.MISSING and self.state == State.NEW:
            return None  # it was never there, so nobody took it away
        self._remember(place)
        return place.line

    def _point(self, lines: Sequence[Line]) -> None:
        """Take the line that a moderator pointed to for the heading, with as many copies as there are now."""
        line = next((each for each in lines if each.number == self.pointed_at and not each.is_blank), None)
        if line is not None:
            self._take(lines, line)

    def take_new_heading(self, lines: Sequence[Line], text: str) -> None:
        """Take the heading that we have just written at the pad's end, whatever else reads like it."""
        alike = [line for line in lines if folded(line.text) == folded(text)]
        if alike:
            self._take(lines, alike[-1])

    def _take(self, lines: Sequence[Line], line: Line) -> None:
        self.heading, self.position, self.state = line.text, line.end, State.OK
        self.copies = sum(1 for each in lines if folded(each.text) == folded(line.text))

    def _remember(self, place: Place) -> None:
        self.state = place.state
        if place.line is not None:
            self.heading, self.position = place.line.text, place.line.end
        self.number = place.line.number if place.line else None

    @property
    def place(self) -> PlaceInPad:
        """The place as it is kept."""
        return PlaceInPad(self.line_id, self.heading, self.state, self.position, self.number, self.copies)

    def is_quiet(self, names: Sequence[Line], now: float, seconds: float) -> bool:
        """Whether nobody has changed the block for so many seconds: what is half typed is left alone."""
        texts = tuple(line.units for line in names)
        if texts != self.seen:
            self.seen, self.quiet_since = texts, now
        return now - self.quiet_since >= seconds

    def update(self, row: SignUpLine, headings: Sequence[str]) -> None:
        """Take what the database says of the line, its names, and what a moderator wishes."""
        stored = _stored(row)
        self.title = row.title
        self.pointed_at = stored.pointed_at if stored else None
        self.wants_heading = bool(stored and stored.wants_heading)
        self.known = [known_of(sign_up, headings) for sign_up in row.sign_ups.all()]


def _stored(row: SignUpLine) -> PadLine | None:
    try:
        return row.pad_line
    except ObjectDoesNotExist:
        return None


def tracked(row: SignUpLine, *, with_position: bool) -> TrackedLine:
    """Return a line as the database remembers it. Positions mean nothing in a pad that was read afresh."""
    stored = _stored(row)
    if stored is None:
        return TrackedLine(row.pk, row.title, row.title)
    return TrackedLine(
        row.pk,
        row.title,
        stored.heading,
        stored.position if with_position else None,
        stored.number,
        stored.state,
        stored.copies,
    )


def known_of(sign_up: SignUp, headings: Sequence[str]) -> Known:
    """Return a sign-up as the pad should show it: nothing but names that may stand in public."""
    try:
        stored = sign_up.pad_name
        state, text, is_theirs = stored.state, stored.text, stored.reason == CHANGED_IN_NOTES
    except ObjectDoesNotExist:
        state, text, is_theirs = PadName.State.PENDING, "", False
    is_claim = sign_up.source == SignUp.Source.PAD
    # Somebody's second name in the pad is left to people: it stands there, and nobody takes it out.
    stays = sign_up.is_listed or (is_claim and sign_up.same_as_id is not None and sign_up.removed_at is None)
    wanted = text if is_claim or is_theirs else pad_text(sign_up, headings)
    return Known(sign_up.pk, wanted if stays else "", text, state, is_claim)


def pad_text(sign_up: SignUp, headings: Sequence[str]) -> str:
    """Return the line that we write for somebody: short, one line, and nothing that reads like a heading."""
    name = f"{sign_up.name} ({sign_up.company})" if sign_up.company else sign_up.name
    if name.casefold() in (heading.casefold() for heading in headings):
        name = f"({name})"
    return name if len(name) <= MAX_NAME_UNITS else f"{name[: MAX_NAME_UNITS - 1].rstrip()}…"
