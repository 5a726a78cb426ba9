"""The right answer to a poll: how it is read, checked and put into words.

It is stored as a tuple: positions of options from 1 (for a ranking, in the right order), or a number's text; () for
none. Positions and not ids, so that a copy of a poll has the same right answer.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opendev.core.errors import DomainError
from opendev.core.text import ascii_digits
from polls.kinds.base import Family, Kind, fill
from polls.kinds.refusals import wrong
from polls.kinds.shares import in_hundredths

FIELD = "right_answer"
Right = tuple[int | str, ...]
NONE: Right = ()
_IN_LINE = re.compile(r'(?:^|,)\s*right\s+(?P<right>[^\s"{}][^"{}]*)\Z', re.IGNORECASE | re.DOTALL)
_PLACE = re.compile(r"\d{1,2}")
_PLACES = re.compile(r"\d{1,2}(?:\s*[,;>]\s*\d{1,2}|\s+\d{1,2})*\Z")
TEXTS = {
    "right_is": gettext_lazy("Right answer: {answer}."),
    "right_are": gettext_lazy("Right answers: {answer}."),
    "right_order": gettext_lazy("Right order: {answer}."),
    "right_count": gettext_lazy("{count} of {voted} ({share}%) had it right."),
    "right_mine": gettext_lazy("You had it right."),
    "right_not_mine": gettext_lazy("Your answer was another one."),
}


class Offered(NamedTuple):
    """What a right answer is checked against: the poll's rules, range, and (id or None, text) of its options."""

    rules: Mapping[str, Any]
    min: int
    max: int
    options: Sequence[tuple[int | None, str]]


def take_right(bracket: str) -> tuple[str, str | None]:
    """Return a quick poll's bracket without its "right 2", and that right answer, or None."""
    match = _IN_LINE.search(bracket)
    return (bracket[: match.start()].strip(), match["right"].strip()) if match else (bracket, None)


def read_right(value: Any, kind: Kind, offered: Offered) -> Right:
    """Return a right answer from a vote's `{"options": […]}` with ids or positions from 1, or from a quick poll's text.

    Raises:
        Malformed: the kind has none, it is not an answer to this poll, or no vote could give it.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return NONE
    if not kind.may_have_right:
        raise wrong(FIELD, _("This kind of poll has no right answer."))
    if isinstance(value, Mapping):
        if set(value) != {kind.field}:
            raise wrong(
                FIELD, _("Send the right answer as “%(field)s”, as in a vote.") % {"field": kind.field}
            )
        value = value[kind.field]
    right = _number(value, kind) if kind.family is Family.WRITE else _places(value, offered.options)
    check_right(right, kind, offered)
    return right


def _number(value: Any, kind: Kind) -> Right:
    if not isinstance(value, str):
        raise wrong(FIELD, _("The right answer must be text, such as “3.5”."))
    try:
        return tuple(kind.read_written(value))
    except DomainError as refusal:
        raise wrong(FIELD, refusal.message) from None


def _places(value: Any, options: Sequence[tuple[int | None, str]]) -> Right:
    if isinstance(value, str):
        if not _PLACES.match(value.strip()):
            raise wrong(FIELD, _("Write the numbers of the right options, such as 2 or 1, 3."))
        return tuple(int(ascii_digits(place)) for place in _PLACE.findall(value))
    if not isinstance(value, Sequence) or isinstance(value, bytes):
        raise wrong(FIELD, _("The right answer must be a list of options."))
    known = {
        str(identity): place for place, (identity, _text) in enumerate(options, 1) if identity is not None
    }
    return tuple(_place(option, known) for option in value)


def _place(option: Any, known: Mapping[str, int]) -> int:
    """Return an option's position, given by its id (a text) or its position (a number)."""
    place = known.get(option) if isinstance(option, str) else option
    if not isinstance(place, int) or isinstance(place, bool):
        raise wrong(FIELD, _("The right answer names an option that this poll does not have."))
    return place


def check_right(right: Right, kind: Kind, offered: Offered) -> None:
    """Raise if nobody could give this answer.

    Raises:
        Malformed
    """
    if not right:
        return
    if kind.family is Family.WRITE:
        try:
            kind.check(right, (), fewest=1, most=1, rules=offered.rules)
        except DomainError as refusal:
            raise wrong(FIELD, refusal.message) from None
        return
    places = [place for place in right if isinstance(place, int)]
    if not all(1 <= place <= len(offered.options) for place in places):
        raise wrong(FIELD, _("The right answer names an option that this poll does not have."))
    if len(set(places)) != len(places):
        raise wrong(FIELD, _("The right answer names an option twice."))
    if kind.is_ordered and any(kind.value_of(offered.rules, place) is None for place in places):
        raise wrong(FIELD, _("“No opinion” cannot be the right answer."))
    if not kind.one_row and not offered.min <= len(places) <= offered.max:
        raise wrong(FIELD, _("People cannot pick this many options, so nobody could have it right."))


def moved_right(
    right: Right,
    before: Sequence[tuple[int | None, str]],
    after: Sequence[tuple[int | None, str]],
    kind: Kind,
) -> Right:
    """Return a right answer adapted to options that were moved, renamed, added or removed.

    An option is recognised by its id, otherwise by its text. An order that lost an option is dropped.
    """
    if kind.family is Family.WRITE:
        return right
    by_id = {identity: place for place, (identity, _text) in enumerate(after, 1) if identity is not None}
    by_text = {text: place for place, (identity, text) in enumerate(after, 1) if identity is None}
    places: list[int] = []
    for place in right:
        identity, text = before[int(place) - 1]
        new = by_text.get(text) if identity is None else by_id.get(identity, by_text.get(text))
        if new is not None:
            places.append(new)
    return NONE if kind.has_places and len(places) < len(right) else tuple(places)


def right_words(right: Right, kind: Kind, texts: Sequence[str], rules: Mapping[str, Any]) -> list[str]:
    """Return the right answer's options, or the number with its unit, in words."""
    if kind.family is Family.WRITE:
        return [kind.with_unit(str(text), rules) for text in right]
    return [texts[int(place) - 1] for place in right]


def right_line(kind: Kind, words: Sequence[str]) -> str:
    """Return "Right answer: Magnum."; right_answer.js says the same."""
    key = "right_order" if kind.has_places else "right_is" if len(words) == 1 else "right_are"
    return fill(TEXTS[key], {"answer": ", ".join(words)})


def count_line(count: int, voted: int) -> str:
    """Return "41 of 120 (34%) had it right."."""
    return fill(TEXTS["right_count"], {"count": count, "voted": voted, "share": right_share(count, voted)})


def right_share(count: int, voted: int) -> int:
    """Return the share of right answers, in whole percent, rounded half up."""
    return in_hundredths(count, voted) if voted else 0


def had_it_right(kind: Kind, right: Mapping[str, Any], mine: Mapping[str, Any]) -> bool | None:
    """Return whether the voter's own answer is right, both as JSON; None if it is unknown.

    right_answer.js does the same.
    """
    own = mine.get(kind.field)
    if not mine["voted"] or mine.get("options") is None or own is None:
        return None
    wanted = right[kind.field]
    if kind.family is Family.WRITE or kind.has_places:
        return bool(own == wanted)
    return set(own) <= set(wanted) if kind.one_row else set(own) == set(wanted)
