"""One sign-up line as the worker tracks it through a pad: its heading's position, and its names."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ObjectDoesNotExist

from etherpad_links.easysync import Changeset, Line, map_line_end
from etherpad_links.models import PadLine, PadName
from etherpad_links.services import PlaceInPad
from etherpad_links.services.records import CHANGED_IN_NOTES, WRITTEN_AGAIN
from etherpad_links.sync.blocks import MAX_NAME_UNITS, Place, folded
from etherpad_links.sync.plan import Known
from sessions.follow_ups.models import SignUp, SignUpLine

State = PadLine.State


@dataclass(slots=True)
class TrackedLine:
    """The worker's data on a sign-up line: title, names and requests from the database, the position from the pad."""

    line_id: int
    title: str
    heading: str
    position: int | None = None
    number: int | None = None
    state: str = State.NEW
    copies: int = 1
    pointed_at: int | None = None
    wants_heading: bool = False
    followed: int | None = None  # the granted request to point to a line
    own_heading: str = ""  # the heading as we write it: the title, made distinct from other headings
    refills: bool = False  # the heading is back: everybody on the line is written below it
    is_back: bool = False  # it was missing or doubled, and its return is not yet recorded
    was_lost_by_server: bool = False
    known: list[Known] = field(default_factory=list)
    seen: tuple[str, ...] = ()  # the block at its last change
    quiet_since: float = 0.0

    def move(self, changeset: Changeset) -> None:
        """Track the heading through a change."""
        if self.position is not None:
            self.position = map_line_end(changeset, self.position)

    @property
    def has_wish(self) -> bool:
        """Return True if a moderator pointed to the heading or wants it written again."""
        return self.pointed_at is not None or self.wants_heading

    def point(self, lines: Sequence[Line]) -> None:
        """Use the pad line that a moderator pointed to as the heading, once; it is tracked from then on.

        `lines` are those that are not another line's heading.
        """
        if self.pointed_at is None or self.pointed_at == self.followed:
            return
        self.followed = self.pointed_at
        line = next((each for each in lines if each.number == self.pointed_at and not each.is_blank), None)
        if line is not None:
            self._take(lines, line)

    def take_new_heading(self, lines: Sequence[Line], text: str) -> None:
        """Use the heading that we have just written at the pad's end, whatever else reads like it."""
        alike = [line for line in lines if folded(line.text) == folded(text)]
        if alike:
            self._take(lines, alike[-1])

    def _take(self, lines: Sequence[Line], line: Line) -> None:
        self.heading, self.position, self.number, self.state = line.text, line.end, line.number, State.OK
        self.copies = sum(1 for each in lines if folded(each.text) == folded(line.text))

    def settle(self, place: Place) -> None:
        """Store where the heading is now. One that was never there is not missing."""
        if place.line is None and self.state == State.NEW and place.state == State.MISSING:
            return
        if place.line is None and self.was_lost_by_server and place.state == State.MISSING:
            self.begin_anew()
            return
        if place.line is not None and self.state in {State.MISSING, State.DOUBLED}:
            self.is_back = True
        self.state, self.was_lost_by_server = place.state, False
        if place.line is not None:
            self.heading, self.position = place.line.text, place.line.end
        self.number = place.line.number if place.line else None

    def begin_anew(self) -> None:
        """Forget the position: the heading is written as a new one, with everybody on the line below it."""
        self.state, self.position, self.number, self.copies = State.NEW, None, None, 1
        self.heading, self.refills, self.was_lost_by_server = self.own_heading, True, False

    @property
    def place(self) -> PlaceInPad:
        """The position as it is stored."""
        return PlaceInPad(self.line_id, self.heading, self.state, self.position, self.number, self.copies)

    def is_quiet(self, names: Sequence[Line], now: float, seconds: float) -> bool:
        """Return True if nobody has changed the block for this many seconds, so that nothing in it is half-typed."""
        texts = tuple(line.units for line in names)
        if texts != self.seen:
            self.seen, self.quiet_since = texts, now
        return now - self.quiet_since >= seconds

    def update(self, row: SignUpLine, headings: Sequence[str]) -> None:
        """Update the line, its names and a moderator's requests from the database."""
        stored = _stored(row)
        self.title = row.title
        self.pointed_at = stored.pointed_at if stored else None
        self.wants_heading = bool(stored and stored.wants_heading)
        self.refills |= self.has_wish
        if not self.has_wish:
            self.followed = None
        self.known = [known_of(sign_up, headings) for sign_up in row.sign_ups.all()]


def _stored(row: SignUpLine) -> PadLine | None:
    try:
        return row.pad_line
    except ObjectDoesNotExist:
        return None


def tracked(row: SignUpLine, *, with_position: bool) -> TrackedLine:
    """Return a line from the database. Positions are meaningless in a newly read pad."""
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
    """Return a sign-up as the pad should show it: only names that may be public."""
    try:
        stored = sign_up.pad_name
        state, text, is_theirs = stored.state, stored.text, stored.reason == CHANGED_IN_NOTES
        reason = stored.reason
    except ObjectDoesNotExist:
        state, text, is_theirs, reason = PadName.State.PENDING, "", False, ""
    is_claim = sign_up.source == SignUp.Source.PAD
    is_rewritten = is_claim and (reason == WRITTEN_AGAIN or state == PadName.State.PENDING)
    # Somebody's second name in the pad is left to people: we neither write nor remove it.
    stays = sign_up.is_listed or (is_claim and sign_up.same_as_id is not None and sign_up.removed_at is None)
    wanted = text if is_claim or is_theirs else pad_text(sign_up, headings)
    return Known(sign_up.pk, wanted if stays else "", text, state, is_claim, is_rewritten)


def pad_text(sign_up: SignUp, headings: Sequence[str]) -> str:
    """Return the line that we write for somebody: short, one line, and not similar to a heading."""
    name = f"{sign_up.name} ({sign_up.company})" if sign_up.company else sign_up.name
    if name.casefold() in (heading.casefold() for heading in headings):
        name = f"({name})"
    return name if len(name) <= MAX_NAME_UNITS else f"{name[: MAX_NAME_UNITS - 1].rstrip()}…"
