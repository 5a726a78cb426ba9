"""Parsing the JSON form of a poll: validation and defaults."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from opendev.core.invisible import look_of
from opendev.core.text import clean_id, clean_line, clean_word, clean_yes_or_no
from polls.kinds import DEFAULT, MAX_OPTIONS, MIN_OPTIONS, NAMES, Kind, kind_named
from polls.kinds.other import has_other
from polls.kinds.refusals import wrong
from polls.kinds.right_answers import NONE, Offered, Right, check_right, moved_right, read_right
from polls.models import Poll

MAX_QUESTION_LENGTH, MAX_OPTION_LENGTH = 300, 120


@dataclass(frozen=True, slots=True)
class PollDraft:
    """The content of a poll; `options` are (id or None, text). Created and checked by `read_draft`."""

    question: str
    options: tuple[tuple[int | None, str], ...]
    kind: str = DEFAULT
    rules: dict[str, Any] = field(default_factory=dict)
    min: int = 1
    max: int = 1
    anonymous: bool = True
    may_change: bool = True
    visibility: str = Poll.Visibility.AFTER_VOTING
    right_answer: Right = NONE


def read_draft(given: Mapping[str, Any], *, over: PollDraft | None = None) -> PollDraft:
    """Return a checked draft from the JSON form of a poll; missing fields stay as in `over`, or have their defaults.

    Raises:
        Malformed: a field of the wrong type, too long, out of range; `fields` names it.
    """
    values: dict[str, Any] = asdict(over) if over else {}
    if "kind" in given:
        values["kind"] = clean_word(given["kind"], field="kind", choices=NAMES)
    kind = kind_named(values.get("kind", DEFAULT))
    if kind.is_written:
        given = _without_options(given)
        values["options"] = ()
    for name, read in _READERS.items():
        if name in given or (not over and name == "question"):
            values[name] = read(given.get(name), name)
    _read_rules(values, kind, given, over)
    if "max" not in given and "kind" in given:  # the kind's default is enough: one, or as many as there are
        fewest, values["max"] = kind.default_range(len(values["options"]) + has_other(values["rules"]))
        values["min"] = values["min"] if "min" in given else fewest
    draft = PollDraft(**values)
    kind.check_draft(draft.rules, draft.min, draft.max, len(draft.options) + has_other(draft.rules))
    return replace(draft, right_answer=_read_right_answer(draft, given, over))


def _read_right_answer(draft: PollDraft, given: Mapping[str, Any], over: PollDraft | None) -> Right:
    """Return the submitted right answer, otherwise the poll's, adapted to its options."""
    kind = kind_named(draft.kind)
    offered = Offered(draft.rules, draft.min, draft.max, draft.options)
    if "right_answer" in given:
        return read_right(given["right_answer"], kind, offered)
    if over is None or over.kind != draft.kind:
        return NONE
    right = moved_right(over.right_answer, over.options, draft.options, kind)
    check_right(right, kind, offered)
    return right


def _without_options(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the form of a poll with written answers.

    Raises:
        Malformed: it has options nevertheless.
    """
    if given.get("options") not in (None, [], ()):
        raise wrong("options", _("People write the answers to this poll, so it has no options."))
    return {name: value for name, value in given.items() if name != "options"}


def _read_rules(values: dict[str, Any], kind: Kind, given: Mapping[str, Any], over: PollDraft | None) -> None:
    """Read the kind's own rules, and the options if they follow from the rules."""
    is_new = over is None or over.kind != kind.name
    before = {} if over is None or is_new else over.rules
    written = len(values["options"]) if "options" in given else None
    values["rules"] = rules = kind.read_rules(given.get("rules"), before, written)
    if "options" in given or kind.is_written:
        return
    made = (
        kind.make_options(rules) if is_new or kind.make_options(rules) != kind.make_options(before) else None
    )
    if made is not None:
        values["options"] = tuple((None, text) for text in made)
    elif over is None:
        _read_options(None)


def _read_options(given: Any, _field: str = "options") -> tuple[tuple[int | None, str], ...]:
    if not isinstance(given, Sequence) or isinstance(given, str | bytes):
        raise wrong("options", _("The options must be a list."))
    if not MIN_OPTIONS <= len(given) <= MAX_OPTIONS:
        raise wrong("options", _("A poll needs 2 to 20 options."))
    options = []
    for option in given:
        if not isinstance(option, Mapping):
            raise wrong("options", _("Each option must be an object with a text."))
        identity = option.get("id")
        text = clean_line(option.get("text"), field="options", most=MAX_OPTION_LENGTH)
        options.append((clean_id(identity, field="options") if identity is not None else None, text))
    if len({look_of(text) for _id, text in options}) != len(options):
        raise wrong("options", _("Two options have the same text."))
    return tuple(options)


def _whole_number(value: Any, field: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MAX_OPTIONS:
        raise wrong(field, _("This must be a whole number from 1 to 20."))
    return value


_READERS: dict[str, Callable[[Any, str], Any]] = {
    "question": lambda value, field: clean_line(value, field=field, most=MAX_QUESTION_LENGTH),
    "options": _read_options,
    "visibility": lambda value, field: clean_word(value, field=field, choices=Poll.Visibility.values),
    "anonymous": lambda value, field: clean_yes_or_no(value, field=field),
    "may_change": lambda value, field: clean_yes_or_no(value, field=field),
    "min": _whole_number,
    "max": _whole_number,
}
