"""Open answers: one text per person, which a moderator approves first unless the poll says otherwise."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from opendev.core.errors import Malformed
from opendev.core.languages import Counted
from opendev.core.text import ascii_digits, clean_line, clean_yes_or_no
from polls.kinds.base import Family, Kind, fill
from polls.kinds.pictures.cards import draw_cards
from polls.kinds.pictures.sheet import Sheet
from polls.kinds.refusals import wrong
from polls.kinds.tallies import Tally

SHORTEST, MAX_TEXT_LENGTH = 20, 300
_LINE = re.compile(r"text(?:\s+(?P<length>\d{2,3}))?(?P<open>\s*,\s*unmoderated)?\Z", re.IGNORECASE)
USUAL: dict[str, Any] = {"approve": True, "length": MAX_TEXT_LENGTH}


class AnswerTooLong(Malformed):
    code, message = "answer_too_long", gettext_lazy("This answer is longer than the poll allows.")


class Text(Kind):
    """A poll that collects one text of at most 300 characters per person."""

    name, label, choice = "text", gettext_lazy("Open answers"), gettext_lazy("an answer in their own words")
    family = Family.WRITE
    field = "text"
    input = "text"
    look = "cards"
    settings = "room/kinds/text/settings.html"
    form = "room/kinds/text/form.html"
    may_pick = True
    texts = {
        "text_note": Counted("{count} answer to read.", "{count} answers to read."),
        "text_pick_change": gettext_lazy("Write your answer; change it until voting closes."),
        "text_pick_final": gettext_lazy("Write your answer; it is final."),
        "text_pick_approve": gettext_lazy("A moderator reads it before the room does."),
    }

    def read_rules(self, value: Any, over: Mapping[str, Any], options: int | None) -> dict[str, Any]:
        """Return `{approve, length}`: whether a moderator approves each answer first, and the maximum length.

        Raises:
            Malformed
        """
        if value is not None and not isinstance(value, Mapping):
            raise wrong("rules", _("The rules are an object."))
        sent = dict(value or {})
        if unknown := sent.keys() - USUAL.keys():
            raise wrong("rules", _("Open answers have no rule “%(rule)s”.") % {"rule": min(unknown)[:40]})
        rules = {**USUAL, **over, **sent}
        rules["approve"] = clean_yes_or_no(rules["approve"], field="approve")
        length = rules["length"]
        if (
            not isinstance(length, int)
            or isinstance(length, bool)
            or not SHORTEST <= length <= MAX_TEXT_LENGTH
        ):
            raise wrong("length", _("The length must be a whole number from 20 to 300."))
        return rules

    def rules_of_form(self, post: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the rules set in the form; None if the form has no fields for them."""
        return {"approve": "text_approve" in post} if "text_settings" in post else None

    def form_of_rules(self, rules: Mapping[str, Any]) -> dict[str, Any]:
        """Return the form's field values for these rules."""
        return {"text_approve": {**USUAL, **rules}["approve"]}

    def check_draft(self, rules: Mapping[str, Any], fewest: int, most: int, options: int) -> None:
        """Check that the poll asks each person for one answer.

        Raises:
            Malformed
        """
        if (fewest, most) != (1, 1):
            raise wrong("max", _("Each person gives one answer."))

    def answer_of_form(self, post: Any) -> dict[str, Any]:
        """Return the answer from a plain form."""
        return {self.field: post.get("written", "")}

    def own_answer(self, texts: Sequence[str]) -> Any:
        """Return the only text."""
        return texts[0]

    def pick_note(self, poll: Mapping[str, Any]) -> str:
        """Return the instruction to voters, and whether a moderator reads their answer first."""
        sentence = str(self.texts["text_pick_change" if poll["may_change"] else "text_pick_final"])
        return f"{sentence} {self.texts['text_pick_approve']}" if poll["rules"]["approve"] else sentence

    def check(
        self,
        answer: Sequence[Any],
        offered: Collection[int],
        *,
        fewest: int,
        most: int,
        rules: Mapping[str, Any],
    ) -> None:
        """Check that the text is no longer than the poll allows.

        Raises:
            AnswerTooLong
        """
        if len(answer[0]) > rules["length"]:
            sentence = _("Use at most %(most)d characters.") % {"most": rules["length"]}
            raise AnswerTooLong(sentence, fields={self.field: sentence})

    def result(self, tally: Tally) -> dict[str, Any]:
        """Return `{different, more}`: how many answers may be read, and how many of those `options` omits."""
        return {"different": tally.different, "more": tally.different - len(tally.options)}

    def note_of(self, tally: Tally) -> str:
        """Return "12 answers to read."; "" if there are none."""
        if not tally.different:
            return ""
        return fill(self.texts["text_note"].form(tally.different), {"count": tally.different})

    def sentences_of(self, tally: Tally) -> list[str]:
        """Return a sentence with the number of people who answered, and one for each picked answer."""
        wrote = ngettext("%(count)d person answered.", "%(count)d people answered.", tally.ballots)
        picked = [
            _("One said: “%(text)s”") % {"text": answer.text} for answer in tally.options if answer.is_picked
        ]
        return [wrote % {"count": tally.ballots}, *picked]

    def draw(self, sheet: Sheet, tally: Tally, right: Collection[int] = ()) -> None:
        """Draw a card per answer."""
        draw_cards(sheet, tally)

    def read_line(self, bracket: str) -> dict[str, Any] | None:
        """Return the JSON form of `text`, `text 140` or `text, unmoderated`."""
        match = _LINE.match(bracket)
        if match is None:
            return None
        rules: dict[str, Any] = {"approve": False} if match["open"] else {}
        if match["length"]:
            rules["length"] = int(ascii_digits(match["length"]))
        return {"kind": self.name, **({"rules": rules} if rules else {})}

    def write_line(self, rules: Mapping[str, Any], fewest: int, most: int, options: int) -> str:
        """Return `text 140, unmoderated`."""
        length = "" if rules["length"] == MAX_TEXT_LENGTH else f" {rules['length']}"
        return f"{self.name}{length}{'' if rules['approve'] else ', unmoderated'}"


def read_text(value: Any) -> tuple[str, ...]:
    """Return an open answer as a tuple of one text. Only its shape is checked.

    Raises:
        Malformed
    """
    return (clean_line(value, field="text", most=MAX_TEXT_LENGTH),)
