"""A choice with "Other": people may write an option of their own, which is moderated and grouped like words."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opendev.core.languages import Counted
from opendev.core.text import clean_line, clean_yes_or_no
from polls.kinds.base import Kind, Spelling, fill
from polls.kinds.merging import merge_key
from polls.kinds.refusals import WrongAnswer, wrong

MAX_OTHER_LENGTH = 40
FIELD = "other"
USUAL: dict[str, Any] = {"other": False, "approve": True}
LABEL = gettext_lazy("Other")
_LINE = re.compile(
    r"(?P<several>several)?(?:(?(several)\s*,\s*)(?P<other>other)(?P<open>\s*,\s*unmoderated)?)?\Z",
    re.IGNORECASE,
)
MOST_NAMED = 10  # in a line
TEXTS = {
    "own_words": gettext_lazy("In their own words: {words}."),
    "own_words_more": gettext_lazy("In their own words: {words}, and {more} more."),
    "wrote_it": Counted("{count} person wrote it", "{count} people wrote it"),
}


class OtherNeedsWords(WrongAnswer):
    code, message = "other_needs_words", gettext_lazy("Write what you mean by “Other”, then vote.")


class Choice(Kind):
    """A kind whose poll may have "Other"."""

    may_have_right = True
    may_have_other = True

    def read_rules(self, value: Any, over: Mapping[str, Any], options: int | None) -> dict[str, Any]:
        """Return `{other: true, approve}`, or {} without "Other".

        Raises:
            Malformed
        """
        if value is not None and not isinstance(value, Mapping):
            raise wrong("rules", _("The rules must be an object."))
        sent = dict(value or {})
        if unknown := sent.keys() - USUAL.keys():
            raise wrong(
                "rules", _("A choice has no rule “%(rule)s”.") % {"rule": min(map(str, unknown))[:40]}
            )
        rules = {**USUAL, **over, **sent}
        for name in USUAL:
            rules[name] = clean_yes_or_no(rules[name], field=name)
        return rules if rules["other"] else {}

    def rules_of_form(self, post: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the rules from the form's fields; None if there are none, as in a quick poll."""
        if "has_other" not in post:
            return None
        return {"other": "other" in post, "approve": "other_open" not in post}

    def form_of_rules(self, rules: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields' values."""
        return {"other": rules.get("other", False), "other_open": not rules.get("approve", True)}

    def read_line(self, bracket: str) -> dict[str, Any] | None:
        """Return the JSON form of `several`, `other` or `several, other`; "unmoderated" may follow "other"."""
        match = _LINE.match(bracket)
        if match is None or not bracket or bool(match["several"]) == self.one_row:
            return None
        rules = {"other": True, **({"approve": False} if match["open"] else {})} if match["other"] else None
        return {"kind": self.name, **({"rules": rules} if rules else {})}

    def write_line(self, rules: Mapping[str, Any], fewest: int, most: int, options: int) -> str:
        """Return "" for a single choice, otherwise `several`, `other`, or `several, other, unmoderated`."""
        words = [] if self.one_row else ["several"]
        words += ["other"] if has_other(rules) else []
        words += ["unmoderated"] if has_other(rules) and not rules["approve"] else []
        return ", ".join(words)

    def answer_of_form(self, post: Any) -> dict[str, Any]:
        """Return the ticked options, with the words if "Other" is ticked."""
        chosen, words = post.getlist("option"), post.get("other", "").strip()
        is_meant = post.get("other_option") in chosen or not chosen
        return {self.field: chosen, **({FIELD: words} if words and is_meant else {})}


def has_other(rules: Mapping[str, Any]) -> bool:
    """Return True if people may write an option of their own."""
    return bool(rules.get("other"))


def read_other(value: Any) -> str:
    """Return somebody's words for "Other"; only the shape is checked.

    Raises:
        Malformed
    """
    if value is None:
        return ""
    return clean_line(value, field=FIELD, most=MAX_OTHER_LENGTH, required=False)


def other_spelling(words: str) -> Spelling:
    """Return the words, and the key that they share with other spellings."""
    return Spelling(words, merge_key(words))


def own_words_line(answers: Sequence[Mapping[str, Any]], different: int) -> str:
    """Return "In their own words: etcd (3), Nova (2) and 4 more."; other_words.js says the same. "" without answers."""
    if not answers:
        return ""
    named = ", ".join(f"{answer['text']} ({answer['count']})" for answer in answers[:MOST_NAMED])
    more = different - len(answers[:MOST_NAMED])
    return fill(TEXTS["own_words_more" if more > 0 else "own_words"], {"words": named, "more": more})
