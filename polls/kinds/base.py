"""The interface of a kind of poll. Everything else about polls is the same for all kinds, and uses this."""

import re
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any, ClassVar, NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from polls.kinds.merging import merge_key
from polls.kinds.option_ids import MIN_OPTIONS
from polls.kinds.pictures.bars import draw_rows
from polls.kinds.pictures.sheet import Sheet
from polls.kinds.refusals import DuplicateOption, UnknownOption, WrongNumberOfOptions, wrong
from polls.kinds.shares import bar_widths, whole_shares, wrote_it
from polls.kinds.tallies import ResultRow, Tally

_WORD = re.compile(r"\{(\w+)\}")


class Family(StrEnum):
    """How a kind's answers are stored; the database's guards use these, so a new kind needs no migration."""

    PICK = "pick"  # options that the moderator wrote
    WEIGH = "weigh"  # such options, each with a small number
    WRITE = "write"  # options that voters write, created with the vote


class Spelling(NamedTuple):
    """A voter's text, and the key that it shares with other spellings."""

    text: str
    key: str


class Kind:
    """A kind of poll.

    Attributes:
        name: as in `Poll.kind`, in REST and on sockets; `label` on pages and in the admin.
        choice: the label as a continuation of "People may …" in the settings.
        family: how answers are stored.
        one_row: whether a ballot has at most one selection; the database enforces that.
        has_places: whether a ballot's values are places; the database enforces that they differ.
        field: the field of a vote that contains the answer.
        input: the type of the form's inputs.
        look: how the style sheet draws the form and the result; "" for rows.
        is_ordered: whether the options have a fixed order, which a recap keeps and the launch freezes.
        most_read: how many written answers are read at once, the most frequent first; None for all of them.
        may_have_right: whether a poll may have a right answer (right_answers.py).
        may_have_other: whether a poll may let people write an option of their own (other.py).
        is_usual: whether every room's script contains it; the script of other kinds is loaded with their first poll.
        may_pick: whether moderators pick written answers for the recap.
        makes_options: whether the options follow from the rules, if none are written.
        rules_beside_options: the rules that do not affect such options.
        option_row: the template of an option in the form.
        settings: the template of the kind's own rules in the settings, or "".
        form: the template of the vote form's fields, or "" for a row per option.
        picture: the template of the picture above the rows, or "".
        columns: the headings of a result's table, after the options'; `footnote` is the text below it, or "".
        texts: sentences that the script needs too, by key, with {placeholders}.
    """

    name: ClassVar[str]
    label: ClassVar[Any]
    choice: ClassVar[Any]
    family: ClassVar[Family] = Family.PICK
    one_row: ClassVar[bool] = True
    has_places: ClassVar[bool] = False
    field: ClassVar[str] = "options"
    input: ClassVar[str] = "radio"
    look: ClassVar[str] = ""
    is_ordered: ClassVar[bool] = False
    most_read: ClassVar[int | None] = 100
    may_have_right: ClassVar[bool] = False
    may_have_other: ClassVar[bool] = False
    is_usual: ClassVar[bool] = False
    may_pick: ClassVar[bool] = False
    makes_options: ClassVar[bool] = False
    rules_beside_options: ClassVar[frozenset[str]] = frozenset()
    option_row: ClassVar[str] = "room/poll/option_row.html"
    settings: ClassVar[str] = ""
    form: ClassVar[str] = ""
    picture: ClassVar[str] = ""
    columns: ClassVar[Sequence[Any]] = (_("Votes"), _("Share"))
    footnote: ClassVar[Any] = ""
    texts: ClassVar[Mapping[str, Any]] = {}

    @property
    def is_written(self) -> bool:
        """True if voters write the answers."""
        return self.family is Family.WRITE

    @property
    def has_own_option_row(self) -> bool:
        """True if the form's options look different from a choice's."""
        return self.option_row != Kind.option_row

    # --- the poll

    def read_rules(self, value: Any, over: Mapping[str, Any], options: int | None) -> dict[str, Any]:
        """Return the poll's rules, checked. Most kinds have none.

        Args:
            value: the submitted rules, as JSON; None if there are none.
            over: those that the poll has.
            options: the number of options submitted with them, or None.

        Raises:
            Malformed
        """
        if value not in (None, {}):
            raise wrong("rules", _("This kind of poll has no rules of its own."))
        return {}

    def rules_of_form(self, post: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the rules from the settings' fields, unchecked; None if the fields are missing."""
        return None

    def form_of_rules(self, rules: Mapping[str, Any]) -> dict[str, Any]:
        """Return the settings' fields for these rules, or for the defaults."""
        return {}

    def make_options(self, rules: Mapping[str, Any]) -> list[str] | None:
        """Return the texts of the options if they follow from the rules, None if the moderator writes them."""
        return None

    def default_range(self, options: int) -> tuple[int, int]:
        """Return the default minimum and maximum of choices for a poll with this many options."""
        return 1, 1

    def check_draft(self, rules: Mapping[str, Any], fewest: int, most: int, options: int) -> None:
        """Raise where rules, range and number of options do not go together.

        Raises:
            Malformed
        """
        if self.one_row and (fewest, most) != (1, 1):
            raise wrong("max", _("With one choice, both the fewest and the most are 1."))
        if options < MIN_OPTIONS:
            raise wrong("options", _("A poll has 2 to 20 options."))
        if not 1 <= fewest <= most <= options:
            raise wrong(
                "max", _("The fewest and the most choices must lie between 1 and the number of options.")
            )

    def value_sum(self, rules: Mapping[str, Any]) -> int | None:
        """Return the maximum sum of a ballot's values, or None."""
        return None

    def ask(self, rules: Mapping[str, Any], fewest: int, most: int, options: int) -> str:
        """Return the form's instruction, as the beginning of a sentence; "" for a choice of one option or several."""
        return ""

    # --- a vote

    def answer_of_form(self, post: Any) -> dict[str, Any]:
        """Return the answer in a plain form (a QueryDict), as a socket would send it.

        Raises:
            Malformed
        """
        return {self.field: post.getlist("option")}

    def entered(self, post: Any, mine: Mapping[str, Any]) -> dict[str, Any]:
        """Return the form's value for each option, by its id: from a refused form, or from the voter's own answer."""
        chosen = post.getlist("option") if post else mine["options"] or ()
        return dict.fromkeys(chosen, True)

    def selected(self, answer: Sequence[Any]) -> dict[int, int | None]:
        """Return the options that an answer selects, each with its value, or None if the family has no values."""
        return dict.fromkeys(answer)

    def chosen(self, selected: Mapping[int, int | None]) -> tuple[int, ...]:
        """Return the options of a ballot in the order in which they are sent."""
        return tuple(sorted(selected))

    def mine(self, options: Sequence[str], values: Sequence[int | None]) -> dict[str, Any]:
        """Return the fields of a voter's own answer besides `options`; written answers are in `own_answer`."""
        return {}

    def answer_words(self, texts: Sequence[str], values: Sequence[int | None]) -> list[str]:
        """Return somebody's choice in words, from the texts in the order of `chosen`."""
        return list(texts)

    def spellings(self, answer: Sequence[Any]) -> list[Spelling]:
        """Return a voter's texts, each answer once; only called for kinds with written answers."""
        unique: dict[str, Spelling] = {}
        for text in answer:
            spelling = Spelling(text, self.key_of(text))
            unique.setdefault(spelling.key, spelling)
        return list(unique.values())

    def with_unit(self, text: str, rules: Mapping[str, Any]) -> str:
        """Return a written answer as a result shows it."""
        return text

    def read_written(self, text: str) -> Sequence[str]:
        """Return a written answer as it is stored; only called for kinds with written answers.

        Raises:
            Malformed
        """
        return (text,)

    def key_of(self, text: str) -> str:
        """Return the key that equal spellings share."""
        return merge_key(text)

    def texts_of(self, mine: Mapping[str, Any]) -> list[str]:
        """Return a voter's texts from the JSON of their own answer."""
        value = mine.get(self.field) or []
        return [value] if isinstance(value, str) else list(value)

    def pick_note(self, poll: Mapping[str, Any]) -> str:
        """Return the vote form's instruction; "" if the default text for choices applies."""
        return ""

    def told(
        self, rules: Mapping[str, Any], values: Sequence[tuple[str, int]]
    ) -> list[tuple[str, int]] | None:
        """Return (text, count) of what replaces the written answers in results; None if they are shown themselves."""
        return None

    def own_answer(self, texts: Sequence[str]) -> Any:
        """Return a voter's own written answer, as the value of `field`."""
        return list(texts)

    def check(
        self,
        answer: Sequence[Any],
        offered: Collection[int],
        *,
        fewest: int,
        most: int,
        rules: Mapping[str, Any],
    ) -> None:
        """Raise if an answer is not valid for this poll.

        Raises:
            UnknownOption, DuplicateOption, WrongNumberOfOptions; kinds with written answers have others.
        """
        different = set(answer)
        if not different.issubset(offered):
            raise UnknownOption(fields={"options": UnknownOption.message})
        if len(different) != len(answer):
            raise DuplicateOption(fields={"options": DuplicateOption.message})
        if not fewest <= len(answer) <= most:
            sentence = (
                _("Pick %(min)d, then vote.") if fewest == most else _("Pick %(min)d to %(max)d, then vote.")
            ) % {"min": fewest, "max": most}
            raise WrongNumberOfOptions(sentence, fields={"options": sentence})

    # --- the result

    def value_of(self, rules: Mapping[str, Any], position: int) -> int | None:
        """Return the number that the option at a position (from 1) represents, or None."""
        return None

    def result(self, tally: Tally) -> dict[str, Any] | None:
        """Return the result beyond the counts, as JSON, or None if there is nothing more."""
        return None

    def rows(self, tally: Tally) -> list[ResultRow]:
        """Return the options of a result in the order in which they are shown."""
        return share_rows(tally, one_row=self.one_row)

    def figures(self, tally: Tally) -> list[dict[str, int | float]]:
        """Return what files contain for each option besides its count: `place`, `points`, `first_places`, `mean`."""
        return [{} for _option in tally.options]

    def note(
        self, rules: Mapping[str, Any], result: Mapping[str, Any] | None, options: Sequence[str] = ()
    ) -> str:
        """Return the result in one line, for pages, pads and files; "" if the rows are enough.

        Args:
            options: the options' texts.
        """
        return ""

    def sentences(
        self, rules: Mapping[str, Any], result: Mapping[str, Any], options: Sequence[str] = ()
    ) -> list[str]:
        """Return the recap's text about a result; only called for kinds with results of their own."""
        return []

    def note_of(self, tally: Tally) -> str:
        """Return the result in one line; kinds whose line needs the options' texts override this and not `note`."""
        return self.note(tally.rules, self.result(tally))

    def sentences_of(self, tally: Tally) -> list[str] | None:
        """Return the recap's text, or None for the default text about shares. Like `note_of`."""
        result = self.result(tally)
        return None if result is None else self.sentences(tally.rules, result)

    def picture_of(self, tally: Tally, *, on_screen: bool = False) -> dict[str, Any] | None:
        """Return the data for the picture's template, in a room's column or on the presenter screen; None if there
        is nothing to draw.
        """
        return None

    def draw(self, sheet: Sheet, tally: Tally, right: Collection[int] = ()) -> None:
        """Draw the result onto a picture for download: by default a row per option.

        Args:
            right: the options (from 0) of the right answer, once it has been revealed.
        """
        draw_rows(sheet, tally, self.rows(tally), right)

    def read_line(self, bracket: str) -> dict[str, Any] | None:
        """Return the JSON form of a quick poll's bracket; None if it is not this kind's."""
        return None

    def write_line(self, rules: Mapping[str, Any], fewest: int, most: int, options: int) -> str:
        """Return the bracket of a quick poll for such a poll; `brackets_of` expresses what it cannot."""
        return self.name


def share_rows(tally: Tally, *, one_row: bool) -> list[ResultRow]:
    """Return the options in order, with count and share of the people."""
    counts = [option.count for option in tally.options]
    shares = whole_shares(counts, tally.ballots, single=one_row)
    widths, most = bar_widths(counts, tally.ballots), max(counts, default=0)
    return [
        _share_row(index, count, share, width, is_lead=count == most > 0, note=wrote_it(option.written))
        for index, (option, count, share, width) in enumerate(
            zip(tally.options, counts, shares, widths, strict=True)
        )
    ]


def _share_row(index: int, count: int, share: int, width: str, *, is_lead: bool, note: str) -> ResultRow:
    votes = ngettext("%(count)d vote", "%(count)d votes", count) % {"count": count}
    word = ngettext("vote", "votes", count)
    cells = (str(count), f"{share}%")
    return ResultRow(index, share, "%", str(count), word, width, is_lead, cells, f"{votes}, {share}%", note)


def fill(sentence: Any, words: Mapping[str, Any]) -> str:
    """Return a sentence with its {placeholders} filled in, as texts.js does."""
    return _WORD.sub(lambda match: str(words.get(match[1], match[0])), str(sentence))
