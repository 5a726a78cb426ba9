"""Words: people write 1 to 5 words each, and spellings of the same word are counted together."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from opendev.core.errors import Malformed
from opendev.core.languages import Counted
from opendev.core.text import ascii_digits, clean_line, clean_yes_or_no
from polls.kinds.base import Family, Kind, fill
from polls.kinds.cloud import ROOM, SCREEN, cloud_of
from polls.kinds.pictures.cloud import BOX, draw_cloud
from polls.kinds.pictures.sheet import Sheet
from polls.kinds.refusals import wrong
from polls.kinds.tallies import Tally

MAX_WORDS, MAX_WORD_LENGTH = 5, 40
NAMED = 3  # in a sentence
_LINE = re.compile(r"words?(?:\s+(?P<most>\d))?(?P<approve>\s*,\s*approved?)?\Z", re.IGNORECASE)
USUAL: dict[str, Any] = {"approve": False}


class WrongNumberOfWords(Malformed):
    code, message = (
        "wrong_number_of_words",
        gettext_lazy("That is not the number of words that this poll asks for."),
    )


class Words(Kind):
    """Some words per person, of at most 40 characters each."""

    name, label, choice = "words", gettext_lazy("Words"), gettext_lazy("words that they write")
    family = Family.WRITE
    one_row = False
    field = "words"
    input = "text"
    look = "words"
    settings = "room/kinds/words/settings.html"
    form = "room/kinds/words/form.html"
    picture = "room/kinds/words/picture.html"
    texts = {
        "words_note": gettext_lazy("Most named: {words}."),
        "words_none": gettext_lazy("No words yet."),
        "words_more": Counted("and {count} more word", "and {count} more words"),
        "words_send": gettext_lazy("Send"),
        "words_pick_one_change": gettext_lazy("Write one word; change it until voting closes."),
        "words_pick_one_final": gettext_lazy("Write one word; your vote is final."),
        "words_pick_several_change": gettext_lazy(
            "Write up to {max} words; change them until voting closes."
        ),
        "words_pick_several_final": gettext_lazy("Write up to {max} words; your vote is final."),
    }

    def read_rules(self, value: Any, over: Mapping[str, Any], options: int | None) -> dict[str, Any]:
        """Return `{approve}`: whether a moderator approves each word before attendees see it.

        Raises:
            Malformed
        """
        if value is not None and not isinstance(value, Mapping):
            raise wrong("rules", _("The rules are an object."))
        sent = dict(value or {})
        if unknown := sent.keys() - USUAL.keys():
            raise wrong("rules", _("Words have no rule “%(rule)s”.") % {"rule": min(unknown)[:40]})
        rules = {**USUAL, **over, **sent}
        rules["approve"] = clean_yes_or_no(rules["approve"], field="approve")
        return rules

    def rules_of_form(self, post: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the rules from the form's fields; None if they are missing."""
        return {"approve": "words_approve" in post} if "words_settings" in post else None

    def form_of_rules(self, rules: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields' values."""
        return {"words_approve": {**USUAL, **rules}["approve"]}

    def check_draft(self, rules: Mapping[str, Any], fewest: int, most: int, options: int) -> None:
        """Raise if the poll cannot ask for this number of words.

        Raises:
            Malformed
        """
        if not 1 <= fewest <= most <= MAX_WORDS:
            raise wrong("max", _("Ask for 1 to 5 words."))

    def answer_of_form(self, post: Any) -> dict[str, Any]:
        """Return the words from a plain form; empty fields are ignored."""
        return {self.field: [word for word in post.getlist("written") if word.strip()]}

    def pick_note(self, poll: Mapping[str, Any]) -> str:
        """Return "Write up to 3 words; change them until voting closes."."""
        how = "one" if poll["max"] == 1 else "several"
        end = "change" if poll["may_change"] else "final"
        return fill(self.texts[f"words_pick_{how}_{end}"], poll)

    def check(
        self,
        answer: Sequence[Any],
        offered: Collection[int],
        *,
        fewest: int,
        most: int,
        rules: Mapping[str, Any],
    ) -> None:
        """Raise if there are too few or too many words.

        Raises:
            WrongNumberOfWords
        """
        if fewest <= len(answer) <= most:
            return
        if most == 1:
            sentence = _("Write one word, then send it.")
        elif fewest == most:
            sentence = _("Write %(max)d words, then send them.") % {"max": most}
        else:
            sentence = _("Write %(min)d to %(max)d words, then send them.") % {"min": fewest, "max": most}
        raise WrongNumberOfWords(sentence, fields={self.field: sentence})

    def result(self, tally: Tally) -> dict[str, Any]:
        """Return `{different, more}`: the number of words, and how many of them the options leave out."""
        return {"different": tally.different, "more": tally.different - len(tally.options)}

    def note_of(self, tally: Tally) -> str:
        """Return "Most named: etcd (31), upgrades (24), networking (18)."; "" if nobody has written."""
        named = most_named(tally)
        return fill(self.texts["words_note"], {"words": ", ".join(named)}) if named else ""

    def sentences_of(self, tally: Tally) -> list[str]:
        """Return the most frequent words, and the number of words."""
        if not tally.options:
            return [_("No words can be shown.")]
        different = ngettext(
            "%(count)d different word was written.",
            "%(count)d different words were written.",
            tally.different,
        )
        return [self.note_of(tally), different % {"count": tally.different}]

    def picture_of(self, tally: Tally, *, on_screen: bool = False) -> dict[str, Any] | None:
        """Return the cloud, see `cloud_of`; None without words."""
        words = [(option.id, option.text, option.count) for option in tally.options]
        return cloud_of(words, tally.different, box=SCREEN if on_screen else ROOM)

    def draw(self, sheet: Sheet, tally: Tally, right: Collection[int] = ()) -> None:
        """Draw the cloud, and the most frequent words as rows below it."""
        words = [(option.id, option.text, option.count) for option in tally.options]
        if (picture := cloud_of(words, tally.different, box=BOX)) is not None:
            draw_cloud(sheet, picture, tally, self.rows(tally))

    def read_line(self, bracket: str) -> dict[str, Any] | None:
        """Return the JSON form of `words`, `words 3` or `words 3, approve`."""
        match = _LINE.match(bracket)
        if match is None:
            return None
        draft: dict[str, Any] = {"kind": self.name}
        if match["most"]:
            draft["max"] = int(ascii_digits(match["most"]))
        if match["approve"]:
            draft["rules"] = {"approve": True}
        return draft

    def write_line(self, rules: Mapping[str, Any], fewest: int, most: int, options: int) -> str:
        """Return `words 3` or `words 3, approve`."""
        return f"{self.name} {most}{', approve' if rules['approve'] else ''}"


def most_named(tally: Tally) -> list[str]:
    """Return the first words with their counts: up to three, or fewer if a cut would separate equal counts."""
    counted = list(tally.options)
    if len(counted) > NAMED and counted[NAMED].count == counted[NAMED - 1].count:
        least = counted[NAMED].count
        above = [option for option in counted[:NAMED] if option.count > least]
        counted = above or counted
    return [f"{option.text} ({option.count})" for option in counted[:NAMED]]


def read_words(value: Any) -> tuple[str, ...]:
    """Return words from a list of texts; only the shape is checked.

    Raises:
        Malformed
    """
    if not isinstance(value, Sequence) or isinstance(value, str | bytes) or len(value) > MAX_WORDS:
        raise wrong("words", _("The words must be a list of up to 5 texts."))
    return tuple(clean_line(word, field="words", most=MAX_WORD_LENGTH) for word in value)
