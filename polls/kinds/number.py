"""A number: bounds, step and unit; median, quartiles and a histogram whose bins do not depend on the votes.

Numbers are decimal texts with a dot. All figures are exact: they are counted in steps from the lower bound.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opendev.core.errors import Malformed
from opendev.core.punctuation import decimal_words
from opendev.core.text import ascii_digits, clean_line
from polls.kinds.base import Family, Kind, fill
from polls.kinds.pictures.histogram import Mark, draw_histogram
from polls.kinds.pictures.sheet import Sheet
from polls.kinds.refusals import wrong
from polls.kinds.tallies import Tally

MOST_STEPS, MOST_BINS = 10_000, 20
MAX_UNIT_LENGTH = 12
MAX_NUMBER_LENGTH = 40
_NUMBER = re.compile(r"(?P<sign>[-\u2212])?(?P<whole>\d{1,12})(?:[.\u066b](?P<part>\d{1,6}))?\Z")
_LINE = re.compile(
    r"number(?:\s+(?P<low>[-\u2212]?[\d.]+)\s*(?:-|–|\u2026|\.\.\.)\s*(?P<high>[-\u2212]?[\d.]+)(?:\s+step\s+(?P<step>[\d.]+))?)?(?:\s+(?P<unit>\S.*))?\Z",
    re.IGNORECASE,
)
USUAL: dict[str, Any] = {"from": "0", "to": "100", "step": "1", "unit": ""}


class NumberOutOfRange(Malformed):
    code, message = (
        "number_out_of_range",
        gettext_lazy("This number is outside the range that the poll allows."),
    )


class NumberOffStep(Malformed):
    code, message = "number_off_step", gettext_lazy("This number is between two steps of the poll.")


class Number(Kind):
    """One number per person."""

    name, label, choice = "number", gettext_lazy("A number"), gettext_lazy("a number that they write")
    family = Family.WRITE
    field = "number"
    input = "text"
    look = "numbers"
    is_ordered = True
    most_read = None
    may_have_right = True
    settings = "room/kinds/number/settings.html"
    form = "room/kinds/number/form.html"
    picture = "room/kinds/number/picture.html"
    texts = {
        "number_note": gettext_lazy(
            "Median {median}{unit}; half of the answers are from {q1} to {q3}{unit}."
        ),
        "number_pick_change": gettext_lazy(
            "Write a number from {from} to {to}{unit}; change it until voting closes."
        ),
        "number_pick_final": gettext_lazy("Write a number from {from} to {to}{unit}; your vote is final."),
    }

    def read_rules(self, value: Any, over: Mapping[str, Any], options: int | None) -> dict[str, Any]:
        """Return `{from, to, step, unit}`, the first three as decimal texts.

        Raises:
            Malformed
        """
        if value is not None and not isinstance(value, Mapping):
            raise wrong("rules", _("The rules are an object."))
        sent = dict(value or {})
        if unknown := sent.keys() - USUAL.keys():
            raise wrong("rules", _("A number has no rule “%(rule)s”.") % {"rule": min(unknown)[:40]})
        rules = {**USUAL, **over, **sent}
        for name in ("from", "to", "step"):
            rules[name] = read_decimal(rules[name], name)
        rules["unit"] = clean_line(rules["unit"], field="unit", most=MAX_UNIT_LENGTH, required=False)
        low, high, step = (Decimal(rules[name]) for name in ("from", "to", "step"))
        if low >= high:
            raise wrong("to", _("The upper bound must be greater than the lower bound."))
        if step <= 0 or (high - low) % step:
            raise wrong("step", _("The range must be a whole number of steps."))
        if (high - low) / step > MOST_STEPS:
            raise wrong("step", _("The range may have 10,000 steps at most."))
        return rules

    def rules_of_form(self, post: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the rules from the form's fields; None if they are missing."""
        if "number_from" not in post:
            return None
        return {name: post.get(f"number_{name}", "").strip() for name in USUAL}

    def form_of_rules(self, rules: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields' values."""
        return {f"number_{name}": value for name, value in {**USUAL, **rules}.items()}

    def check_draft(self, rules: Mapping[str, Any], fewest: int, most: int, options: int) -> None:
        """Raise if the poll asks for more than one number per person.

        Raises:
            Malformed
        """
        if (fewest, most) != (1, 1):
            raise wrong("max", _("Each person gives one number."))

    def answer_of_form(self, post: Any) -> dict[str, Any]:
        """Return the number from a plain form."""
        return {self.field: post.get("written", "").strip()}

    def own_answer(self, texts: Sequence[str]) -> Any:
        """Return the number's text."""
        return texts[0]

    def with_unit(self, text: str, rules: Mapping[str, Any]) -> str:
        """Return "42 %"."""
        return f"{text}{_unit(rules)}"

    def read_written(self, text: str) -> Sequence[str]:
        """Return the number's shortest text.

        Raises:
            Malformed
        """
        return read_number(text)

    def key_of(self, text: str) -> str:
        """Return the number itself."""
        return text

    def pick_note(self, poll: Mapping[str, Any]) -> str:
        """Return the range."""
        key = "number_pick_change" if poll["may_change"] else "number_pick_final"
        return fill(self.texts[key], {**poll["rules"], "unit": _unit(poll["rules"])})

    def check(
        self,
        answer: Sequence[Any],
        offered: Collection[int],
        *,
        fewest: int,
        most: int,
        rules: Mapping[str, Any],
    ) -> None:
        """Raise if the number is outside the range or between two steps.

        Raises:
            NumberOutOfRange, NumberOffStep
        """
        number, low = Decimal(answer[0]), Decimal(rules["from"])
        if not low <= number <= Decimal(rules["to"]):
            sentence = _("Write a number from %(from)s to %(to)s.") % rules
            raise NumberOutOfRange(sentence, fields={self.field: sentence})
        if (number - low) % Decimal(rules["step"]):
            sentence = _("Write a number in steps of %(step)s, from %(from)s.") % rules
            raise NumberOffStep(sentence, fields={self.field: sentence})

    def told(self, rules: Mapping[str, Any], values: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
        """Return (label, count) of each bin."""
        low, step = Decimal(rules["from"]), Decimal(rules["step"])
        width, count = bins_of(rules)
        counts = [0] * count
        for text, votes in values:
            place = int((Decimal(text) - low) / step) // width
            counts[min(place, count - 1)] += votes
        return [(self._label(rules, place, width, count), votes) for place, votes in enumerate(counts)]

    def _label(self, rules: Mapping[str, Any], place: int, width: int, count: int) -> str:
        low, step = Decimal(rules["from"]), Decimal(rules["step"])
        first = low + place * width * step
        last = Decimal(rules["to"]) if place == count - 1 else first + (width - 1) * step
        unit = _unit(rules)
        return f"{plain(first)}{unit}" if first == last else f"{plain(first)}–{plain(last)}{unit}"

    def result(self, tally: Tally) -> dict[str, Any]:
        """Return `{answers, mean, median, q1, q3}`: figures as decimal texts, None without answers.

        Quartiles are those of spreadsheets (inclusive, type 7).
        """
        if tally.result is not None:
            return dict(tally.result)
        values = sorted((Decimal(text), count) for text, count in tally.values)
        answers = sum(count for _value, count in values)
        figures: dict[str, Any] = {"answers": answers, "mean": None, "median": None, "q1": None, "q3": None}
        if answers:
            total = sum((Fraction(value) * count for value, count in values), Fraction(0))
            figures["mean"] = rounded(total / answers)
            for name, part in (("q1", Fraction(1, 4)), ("median", Fraction(1, 2)), ("q3", Fraction(3, 4))):
                figures[name] = rounded(quantile(values, part))
        return figures

    def note_of(self, tally: Tally) -> str:
        """Return "Median 5 clusters; half of the answers are from 3 to 8 clusters."; "" without answers."""
        result = self.result(tally)
        if result["median"] is None:
            return ""
        return fill(self.texts["number_note"], {**result, "unit": _unit(tally.rules)})

    def sentences_of(self, tally: Tally) -> list[str]:
        """Return the numbers between which half of the room is, and the median."""
        result = self.result(tally)
        if result["median"] is None:
            return [_("Nobody gave a number.")]
        figures = {name: decimal_words(result[name]) for name in ("q1", "median", "q3")}
        words = {**result, **figures, "unit": _unit(tally.rules)}
        return [
            _(
                "Half of the room is between %(q1)s and %(q3)s%(unit)s (median %(median)s, %(answers)d people)."
            )
            % words
        ]

    def picture_of(self, tally: Tally, *, on_screen: bool = False) -> dict[str, Any] | None:
        """Return the histogram: `{bars: [{x, y, width, height}], median_at, right_at?}`, lengths in percent."""
        result = self.result(tally)
        if result["median"] is None:
            return None
        counts = [option.count for option in tally.options]
        picture = histogram(tally.rules, counts, result["median"])
        right_at = [place_of(tally.rules, len(counts), str(value)) for value in tally.right]
        return {**picture, "right_at": right_at[0]} if right_at else picture

    def draw(self, sheet: Sheet, tally: Tally, right: Collection[int] = ()) -> None:
        """Draw the histogram with the median, and with the right number once it has been revealed."""
        bins = [(option.text, option.count) for option in tally.options]
        median, rules = self.result(tally)["median"], tally.rules
        marks = [
            Mark(place_of(rules, len(bins), str(value)), self.with_unit(str(value), rules), is_right=is_right)
            for value, is_right in [(median, False), *((value, True) for value in tally.right)]
            if value is not None
        ]
        draw_histogram(sheet, bins, marks)

    def read_line(self, bracket: str) -> dict[str, Any] | None:
        """Return the JSON form of `number`, `number 0-100`, `number 0-100 %` or `number 0-10 step 0.5 km`."""
        match = _LINE.match(bracket)
        if match is None:
            return None
        rules: dict[str, Any] = {}
        if match["low"]:
            rules = {"from": match["low"], "to": match["high"]}
        if match["step"]:
            rules["step"] = match["step"]
        if match["unit"]:
            rules["unit"] = match["unit"].strip()
        return {"kind": self.name, "rules": rules}

    def write_line(self, rules: Mapping[str, Any], fewest: int, most: int, options: int) -> str:
        """Return `number 0-10 step 0.5 km`."""
        step = "" if rules["step"] == USUAL["step"] else f" step {rules['step']}"
        return f"{self.name} {rules['from']}-{rules['to']}{step} {rules['unit']}".strip()


def bins_of(rules: Mapping[str, Any]) -> tuple[int, int]:
    """Return the number of steps per bin and the number of bins, which only depend on the poll's rules.

    Up to 20 values have one bin each; otherwise the smallest of 1, 2, 5 × 10^k steps that makes at most 20 bins.
    """
    values = int((Decimal(rules["to"]) - Decimal(rules["from"])) / Decimal(rules["step"])) + 1
    if values <= MOST_BINS + 1:
        return 1, values
    steps = values - 1  # the last bin includes its upper end
    width = next(
        base * 10**power
        for power in range(6)
        for base in (1, 2, 5)
        if -(-steps // (base * 10**power)) <= MOST_BINS
    )
    return width, -(-steps // width)


def quantile(values: Sequence[tuple[Decimal, int]], part: Fraction) -> Fraction:
    """Return a quantile of (value, count) in order: inclusive (type 7), by exact fractions."""
    answers = sum(count for _value, count in values)
    at = (answers - 1) * part
    low = int(at)
    below, above = _value_at(values, low), _value_at(values, min(low + 1, answers - 1))
    return below + (above - below) * (at - low)


def _value_at(values: Sequence[tuple[Decimal, int]], place: int) -> Fraction:
    for value, count in values:
        if place < count:
            return Fraction(value)
        place -= count
    raise IndexError(place)


def histogram(rules: Mapping[str, Any], counts: Sequence[int], median: str) -> dict[str, Any]:
    """Return bars and the place of the median, in percent; number.js does the same."""
    most, share = max(counts), 100 / len(counts)
    bars = [
        {
            "x": f"{share * place + 0.4:.2f}%",
            "width": f"{share - 0.8:.2f}%",
            "y": f"{100 - 100 * count / most:.2f}%",
            "height": f"{100 * count / most:.2f}%",
        }
        for place, count in enumerate(counts)
    ]
    return {"bars": bars, "median_at": place_of(rules, len(counts), median)}


def place_of(rules: Mapping[str, Any], bins: int, value: str) -> str:
    """Return the place of a value on the axis, in percent."""
    width, _count = bins_of(rules)
    steps = (float(value) - float(rules["from"])) / float(rules["step"])
    middle = 0.5 if width == 1 else 0
    return f"{min((steps + middle) / width * 100 / bins, 100):.2f}%"


def rounded(value: Fraction) -> str:
    """Return a decimal text with at most four decimals, rounded half up."""
    scaled = value * 10_000
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return plain(Decimal(whole) / 10_000)


def plain(number: Decimal) -> str:
    """Return 4, 3.5 and 1000, never 4.0 or 1E+3."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


def _unit(rules: Mapping[str, Any]) -> str:
    """Return the unit with a space before it if needed: "%" has none."""
    unit = str(rules.get("unit", ""))
    return unit if not unit or unit in {"%", "°"} else f" {unit}"


def read_decimal(value: Any, field: str) -> str:
    """Return the shortest decimal text with a dot, from a text in digits of any script.

    Raises:
        Malformed
    """
    match = _NUMBER.match(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise wrong(field, _("Write a number such as 12 or 3.5, with a dot before the decimals."))
    sign = "-" if match["sign"] else ""
    part = f".{ascii_digits(match['part'])}" if match["part"] else ""
    return plain(Decimal(f"{sign}{ascii_digits(match['whole'])}{part}"))


def read_number(value: Any) -> tuple[str, ...]:
    """Return a number's text as the one item of a tuple; only the shape is checked.

    Raises:
        Malformed
    """
    return (read_decimal(value, "number"),)
