"""A scale: points with numbers and a label at both ends, and an answer outside the scale for those without an opinion.

The points are options in the order of their numbers, so a point's number follows from its position.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from math import floor, sqrt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from opendev.core.languages import Counted
from opendev.core.punctuation import decimal_words
from opendev.core.text import ascii_digits, clean_line, clean_yes_or_no
from polls.kinds.base import Kind, fill
from polls.kinds.grammar import words_of
from polls.kinds.option_ids import MAX_OPTIONS
from polls.kinds.pictures.likert import draw_likert
from polls.kinds.pictures.sheet import Sheet
from polls.kinds.refusals import wrong
from polls.kinds.shares import in_hundredths
from polls.kinds.tallies import Tally

LOWEST, HIGHEST = -100, 100
MIN_POINTS, MAX_POINTS = 2, 11
MAX_LABEL_LENGTH = 40
_NUMBER = re.compile(r"([-\u2212]?)(\d{1,3})\Z")
USUAL: dict[str, Any] = {"from": 1, "to": 5, "labels": ["", ""], "no_opinion": False}
NO_OPINION = "no opinion"  # in a line
NPS = "nps"  # the rule for the Net Promoter Score; only stored if it is true
NPS_RANGE = (0, 10)
PROMOTERS_FROM, DETRACTORS_TO = 9, 6


class Scale(Kind):
    """One point of a scale per person."""

    name, label, choice = "scale", gettext_lazy("Scale"), gettext_lazy("one point of a scale")
    look = "steps"
    is_ordered = True
    makes_options = True
    may_have_right = True
    rules_beside_options = frozenset({NPS})
    settings = "room/kinds/scale/settings.html"
    picture = "room/kinds/scale/picture.html"
    texts = {
        "scale_note": pgettext_lazy("scale", "Average {mean} from {from} to {to}, median {median}."),
        "scale_note_of": pgettext_lazy("scale", "Average {mean} of {to}, median {median}."),
        "scale_nps": pgettext_lazy("scale", "NPS {score} (promoters {promoters}, detractors {detractors})."),
        "scale_no_opinion": Counted("{count} person had no opinion.", "{count} people had no opinion."),
    }

    def read_rules(self, value: Any, over: Mapping[str, Any], options: int | None) -> dict[str, Any]:
        """Return `{from, to, labels: [low, high], no_opinion, nps?}`. If there are options but no `to`, it follows from
        them.

        Raises:
            Malformed
        """
        if value is not None and not isinstance(value, Mapping):
            raise wrong("rules", _("The rules must be an object."))
        sent = dict(value or {})
        if unknown := sent.keys() - USUAL.keys() - {NPS}:
            raise wrong("rules", _("A scale has no rule “%(rule)s”.") % {"rule": min(unknown)[:40]})
        rules = {**USUAL, **over, **sent}
        rules["no_opinion"] = clean_yes_or_no(rules["no_opinion"], field="no_opinion")
        rules["from"] = _whole_number(rules["from"], "from")
        if "to" not in sent and options is not None and not over:
            rules["to"] = rules["from"] + options - rules["no_opinion"] - 1
        rules["to"] = _whole_number(rules["to"], "to")
        if not MIN_POINTS <= _points(rules) <= MAX_POINTS:
            raise wrong("to", _("A scale has 2 to 11 points."))
        rules["labels"] = _labels(rules["labels"])
        if not clean_yes_or_no(rules.pop(NPS, False), field=NPS):
            return rules
        if (rules["from"], rules["to"]) != NPS_RANGE:
            raise wrong(NPS, _("The Net Promoter Score needs a scale from 0 to 10."))
        return {**rules, NPS: True}

    def rules_of_form(self, post: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the rules from the form's fields; None if there are none, as in a quick poll."""
        if "scale_from" not in post:
            return None
        return {
            "from": _typed(post["scale_from"]),
            "to": _typed(post.get("scale_to", "")),
            "labels": [post.get("scale_low", ""), post.get("scale_high", "")],
            "no_opinion": "scale_no_opinion" in post,
            NPS: "scale_nps" in post,
        }

    def form_of_rules(self, rules: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields' values."""
        shown = {**USUAL, **rules}
        return {
            "scale_from": shown["from"],
            "scale_to": shown["to"],
            "scale_low": shown["labels"][0],
            "scale_high": shown["labels"][1],
            "scale_no_opinion": shown["no_opinion"],
            "scale_nps": shown.get(NPS, False),
        }

    def make_options(self, rules: Mapping[str, Any]) -> list[str]:
        """Return the points' numbers, with the labels at the first and the last."""
        low, high = rules["labels"]
        texts = [str(number) for number in range(rules["from"], rules["to"] + 1)]
        texts[0], texts[-1] = f"{texts[0]} {low}".strip(), f"{texts[-1]} {high}".strip()
        return [*texts, *([_("No opinion")] if rules["no_opinion"] else [])]

    def check_draft(self, rules: Mapping[str, Any], fewest: int, most: int, options: int) -> None:
        """Raise if there is not exactly one option per point.

        Raises:
            Malformed
        """
        wanted = _points(rules) + rules["no_opinion"]
        if options != wanted:
            raise wrong("options", _("This scale needs %(count)d options, one a point.") % {"count": wanted})
        super().check_draft(rules, fewest, most, options)

    def value_of(self, rules: Mapping[str, Any], position: int) -> int | None:
        """Return the point's number; None for "no opinion", which is last."""
        number: int = rules["from"] + position - 1
        return number if number <= rules["to"] else None

    def result(self, tally: Tally) -> dict[str, Any]:
        """Return `{answers, no_opinion, mean, median, spread, nps?}` of those who had an opinion, None without any.

        `spread` is the standard deviation. Mean and spread are rounded to hundredths. `nps` is present if the rules
        ask for it: see `nps_of`.
        """
        points = [(option.value, option.count) for option in tally.options if option.value is not None]
        answers = sum(count for _value, count in points)
        found: dict[str, Any] = {
            "answers": answers,
            "no_opinion": sum(option.count for option in tally.options if option.value is None),
            "mean": None,
            "median": None,
            "spread": None,
        }
        if answers:
            total = sum(value * count for value, count in points)
            squares = sum(value * value * count for value, count in points)
            found["mean"] = in_hundredths(total, answers) / 100
            found["median"] = _median(points, answers)
            found["spread"] = floor(sqrt(answers * squares - total * total) / answers * 100 + 0.5) / 100
        return {**found, NPS: nps_of(points)} if tally.rules.get(NPS) else found

    def note(
        self, rules: Mapping[str, Any], result: Mapping[str, Any] | None, options: Sequence[str] = ()
    ) -> str:
        """Return "Average 4.1 of 5, median 4."; "" if nobody has answered."""
        if result is None or result["mean"] is None:
            return ""
        key = "scale_note_of" if rules["from"] in {0, 1} else "scale_note"
        words = {**rules, "mean": one_decimal(result["mean"]), "median": plain(result["median"])}
        average = fill(self.texts[key], words)
        if NPS not in result:
            return average
        score = {**result[NPS], "score": signed(result[NPS]["score"])}
        return f"{fill(self.texts['scale_nps'], score)} {average}"

    def sentences(
        self, rules: Mapping[str, Any], result: Mapping[str, Any], options: Sequence[str] = ()
    ) -> list[str]:
        """Return "The room is at 4.1 of 5 (median 4, 176 people).", the score, and how many had no opinion."""
        if result["mean"] is None:
            return [_("Nobody gave an opinion.")]
        words = {
            "mean": decimal_words(one_decimal(result["mean"])),
            "median": decimal_words(plain(result["median"])),
            "from": rules["from"],
            "to": rules["to"],
            "answers": result["answers"],
        }
        said = (
            _("The room is at %(mean)s of %(to)d (median %(median)s, %(answers)d people).")
            if rules["from"] in {0, 1}
            else _(
                "The room is at %(mean)s on a scale from %(from)d to %(to)d (median %(median)s, %(answers)d people)."
            )
        ) % words
        without = result["no_opinion"]
        nobody = self.texts["scale_no_opinion"]
        score = [_nps_sentence(result)] if NPS in result else []
        return [said, *score, *([fill(nobody.form(without), {"count": without})] if without else [])]

    def picture_of(self, tally: Tally, *, on_screen: bool = False) -> dict[str, Any] | None:
        """Return the bars around the middle: `{bars: [{x, width, strength, side}], mean_at}`, lengths in percent.

        Half of a middle point's answers are on each side. The axis has room for 100 % on each side, so bars never
        rescale. `mean_at` is the place of the mean between the first point and the last.
        """
        points = [(option.value, option.count) for option in tally.options if option.value is not None]
        answers = sum(count for _value, count in points)
        if not answers:
            return None
        left = sum(_weight(points, place) * count for place, (_value, count) in enumerate(points)) / answers
        at, bars = 50 - 50 * left, []
        for place, (_value, count) in enumerate(points):
            width = 50 * count / answers
            away = 2 * place - (len(points) - 1)
            strength = round(abs(away) / (len(points) - 1) * 4)
            side = "middle" if not away else "low" if away < 0 else "high"
            bars.append({"x": f"{at:.2f}%", "width": f"{width:.2f}%", "strength": strength, "side": side})
            at += width
        result = self.result(tally)
        low, high = points[0][0], points[-1][0]
        return {"bars": bars, "mean_at": f"{100 * (result['mean'] - low) / (high - low):.2f}%"}

    def draw(self, sheet: Sheet, tally: Tally, right: Collection[int] = ()) -> None:
        """Draw the bars around the middle, and the points as rows below them."""
        if (picture := self.picture_of(tally)) is not None:
            points = [option.text for option in tally.options if option.value is not None]
            draw_likert(sheet, picture, (points[0], points[-1]))
        super().draw(sheet, tally, right)

    def read_line(self, bracket: str) -> dict[str, Any] | None:
        """Return the JSON form of `scale`, `scale 1-5`, `scale 1-5: never … always` or `scale 0-10, nps`."""
        words = words_of(self.name, bracket)
        if words is None or not words.more <= {NO_OPINION, NPS}:
            return None
        rules: dict[str, Any] = {
            rule: True for rule in ("no_opinion", NPS) if rule.replace("_", " ") in words.more
        }
        if words.numbers:
            rules["from"], rules["to"] = words.numbers
        if words.labels:
            rules["labels"] = words.labels
        return {"kind": self.name, "rules": rules}

    def write_line(self, rules: Mapping[str, Any], fewest: int, most: int, options: int) -> str:
        """Return `scale 0-10, no opinion, nps: never … always`."""
        more = f", {NO_OPINION}" if rules["no_opinion"] else ""
        more += f", {NPS}" if rules.get(NPS) else ""
        labels = " … ".join(rules["labels"]) if any(rules["labels"]) else ""
        return f"{self.name} {rules['from']}-{rules['to']}{more}" + (f": {labels}" if labels else "")


def _points(rules: Mapping[str, Any]) -> int:
    points: int = rules["to"] - rules["from"] + 1
    return points


def _whole_number(value: Any, field: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not LOWEST <= value <= HIGHEST:
        raise wrong(field, _("This must be a whole number from -100 to 100."))
    return value


def _typed(text: str) -> int | str:
    match = _NUMBER.match(text.strip())
    return (-1 if match[1] else 1) * int(ascii_digits(match[2])) if match else text


def _labels(value: Any) -> list[str]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise wrong("labels", _("The labels must be a list of two texts, for the low end and the high end."))
    return [clean_line(text, field="labels", most=MAX_LABEL_LENGTH, required=False) for text in value]


def nps_of(points: Sequence[tuple[int, int]]) -> dict[str, int | None]:
    """Return `{score, promoters, passives, detractors}` of (value, count) from 0 to 10.

    The score is the percentage of promoters (9 and 10) minus that of detractors (0 to 6), from -100 to 100, rounded
    half up to a whole number; None without answers.
    """
    answers = sum(count for _value, count in points)
    promoters = sum(count for value, count in points if value >= PROMOTERS_FROM)
    detractors = sum(count for value, count in points if value <= DETRACTORS_TO)
    score = in_hundredths(promoters - detractors, answers) if answers else None
    passives = answers - promoters - detractors
    return {"score": score, "promoters": promoters, "passives": passives, "detractors": detractors}


def signed(score: int) -> str:
    """Return +30, 0 or −12, as the script does."""
    return f"{score:+d}".replace("-", "\u2212") if score else "0"


def _nps_sentence(result: Mapping[str, Any]) -> str:
    """Return "The Net Promoter Score is +30: of 10 people 5 are promoters (9 or 10) and 2 detractors (0 to 6)." """
    score = result[NPS]
    return _(
        "The Net Promoter Score is %(score)s: of %(answers)d people, %(promoters)d are promoters (9 or 10) and "
        "%(detractors)d are detractors (0 to 6)."
    ) % {**score, "score": signed(score["score"]), "answers": result["answers"]}


def _weight(points: list[tuple[int, int]], place: int) -> float:
    """Return how many of a point's answers are left of the middle."""
    away = 2 * place - (len(points) - 1)
    return 1 if away < 0 else 0 if away else 0.5


def _median(points: list[tuple[int, int]], answers: int) -> float | int:
    """Return the middle answer, or the mean of the two in the middle."""
    low, high = _answer_at(points, (answers - 1) // 2), _answer_at(points, answers // 2)
    return low if low == high else (low + high) / 2


def _answer_at(points: list[tuple[int, int]], place: int) -> int:
    """Return the answer at a place (from 0) in sorted order."""
    for value, count in points:
        if place < count:
            return value
        place -= count
    raise IndexError(place)


def one_decimal(mean: float) -> str:
    """Return hundredths rounded half up to tenths, as the script does."""
    return f"{floor((round(mean * 100) + 5) / 10) / 10:.1f}"


def plain(number: float | int) -> str:
    """Return 4 and 3.5, never 4.0."""
    return f"{number:g}"


assert MAX_POINTS + 1 <= MAX_OPTIONS  # noqa: S101  # "no opinion" fits after the points
