"""Points: people distribute a number of points among the options.

A ballot's values are points; options without points are left out. Stored: how many gave an option any, and the sum.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opendev.core.languages import Counted
from opendev.core.punctuation import decimal_words, join_words, quoted
from opendev.core.text import ascii_digits, clean_id, clean_yes_or_no
from polls.kinds.base import Family, Kind, fill
from polls.kinds.option_ids import MAX_OPTIONS
from polls.kinds.refusals import DuplicateOption, UnknownOption, WrongAnswer, WrongNumberOfOptions, wrong
from polls.kinds.shares import bar_widths, in_hundredths, whole_shares
from polls.kinds.tallies import ResultRow, Tally

PREFIX = "points_"
FEWEST_POINTS, MOST_POINTS = 2, 1000
USUAL: dict[str, Any] = {"total": 100, "exact": False}
_LINE = re.compile(r"points(?:\s+(?P<exactly>exactly\s+)?(?P<total>\d{1,4}))?\Z", re.IGNORECASE)


class Points(Kind):
    """Points that are distributed among options."""

    name, label, choice = "points", gettext_lazy("Points"), gettext_lazy("how to share out points")
    family = Family.WEIGH
    one_row = False
    field = "points"
    input = "number"
    look = "points"
    option_row = "room/kinds/points/option_row.html"
    settings = "room/kinds/points/settings.html"
    columns = (
        gettext_lazy("Points"),
        gettext_lazy("Share"),
        gettext_lazy("Average"),
        gettext_lazy("People who gave any"),
    )
    footnote = gettext_lazy(
        "Averages are over everybody who voted. Shares are of all the points that were given."
    )
    texts = {
        "points_up_to": gettext_lazy("Share out up to {total} points"),
        "points_exactly": gettext_lazy("Share out exactly {total} points"),
        "points_left": gettext_lazy("{left} of {total} points left"),
        "points_over": gettext_lazy("{over} points too many"),
        "points_amount": gettext_lazy("{points} points"),
        "points_note": Counted(
            "{mean} on average, given by {count} person", "{mean} on average, given by {count} people"
        ),
        "points_most": gettext_lazy("Most points: {names} ({points} of {total})."),
        "points_vote": gettext_lazy("Vote with these points"),
    }

    # --- the poll

    def read_rules(self, value: Any, over: Mapping[str, Any], options: int | None) -> dict[str, Any]:
        """Return `{total, exact}`: the number of points per person, and whether all have to be given.

        Raises:
            Malformed
        """
        if value is not None and not isinstance(value, Mapping):
            raise wrong("rules", _("The rules are an object."))
        sent = dict(value or {})
        if unknown := sent.keys() - USUAL.keys():
            raise wrong("rules", _("Points have no rule “%(rule)s”.") % {"rule": min(unknown)[:40]})
        rules = {**USUAL, **over, **sent}
        rules["exact"] = clean_yes_or_no(rules["exact"], field="exact")
        total = rules["total"]
        if not isinstance(total, int) or isinstance(total, bool) or not FEWEST_POINTS <= total <= MOST_POINTS:
            raise wrong("total", _("This must be a whole number from 2 to 1000."))
        return rules

    def rules_of_form(self, post: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the rules from the form's fields; None if there are none, as in a quick poll."""
        if "points_total" not in post:
            return None
        text = post["points_total"].strip()
        total = int(ascii_digits(text)) if text.isdecimal() and len(text) < 6 else text
        return {"total": total, "exact": "points_exact" in post}

    def form_of_rules(self, rules: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields' values."""
        shown = {**USUAL, **rules}
        return {"points_total": shown["total"], "points_exact": shown["exact"]}

    def default_range(self, options: int) -> tuple[int, int]:
        """Return one to all."""
        return 1, options

    def value_sum(self, rules: Mapping[str, Any]) -> int | None:
        """Return the number of points per person."""
        total: int = rules["total"]
        return total

    def ask(self, rules: Mapping[str, Any], fewest: int, most: int, options: int) -> str:
        """Return "Share out up to 100 points"."""
        return fill(self.texts["points_exactly" if rules["exact"] else "points_up_to"], rules)

    def read_line(self, bracket: str) -> dict[str, Any] | None:
        """Return the JSON form of `points`, `points 100` or `points exactly 100`."""
        match = _LINE.match(bracket)
        if match is None:
            return None
        rules: dict[str, Any] = {"exact": True} if match["exactly"] else {}
        if match["total"]:
            rules["total"] = int(ascii_digits(match["total"]))
        return {"kind": self.name, "rules": rules}

    def write_line(self, rules: Mapping[str, Any], fewest: int, most: int, options: int) -> str:
        """Return `points 100` or `points exactly 100`."""
        return f"{self.name} {'exactly ' if rules['exact'] else ''}{rules['total']}"

    # --- a vote

    def answer_of_form(self, post: Any) -> dict[str, Any]:
        """Return the points from the fields `points_<id>`; an empty field gives none.

        Raises:
            Malformed: a field is not a whole number.
        """
        points: dict[str, int] = {}
        for option, text in self.entered(post, {}).items():
            if not (text.isdecimal() and len(text) < 6):
                raise wrong("points", _("Points must be whole numbers from 0 to 1000."))
            points[option] = int(ascii_digits(text))
        return {self.field: points}

    def entered(self, post: Any, mine: Mapping[str, Any]) -> dict[str, Any]:
        """Return the points as texts, by option id."""
        if post:
            fields = (
                (name.removeprefix(PREFIX), post[name].strip()) for name in post if name.startswith(PREFIX)
            )
            return {option: text for option, text in fields if text}
        return {option: str(points) for option, points in mine.get("points", {}).items()}

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
            UnknownOption, DuplicateOption, WrongNumberOfOptions, WrongAnswer
        """
        options = [option for option, _points in answer]
        if not set(options).issubset(offered):
            raise UnknownOption(fields={"points": UnknownOption.message})
        if len(set(options)) != len(options):
            raise DuplicateOption(fields={"points": DuplicateOption.message})
        if not fewest <= len(options) <= most:
            sentence = (
                _("Give points to at least %(min)d, then vote.") % {"min": fewest}
                if len(options) < fewest
                else _("Give points to no more than %(max)d, then vote.") % {"max": most}
            )
            raise WrongNumberOfOptions(sentence, fields={"points": sentence})
        shared, total = sum(points for _option, points in answer), rules["total"]
        if shared > total or (rules["exact"] and shared < total):
            sentence = (
                _("You gave %(given)d points. Give exactly %(total)d, then vote.")
                if rules["exact"]
                else _("You gave %(given)d points. Give up to %(total)d, then vote.")
            ) % {"given": shared, "total": total}
            raise WrongAnswer(sentence, fields={"points": sentence})

    def selected(self, answer: Sequence[Any]) -> dict[int, int | None]:
        """Return each option's points."""
        return dict(answer)

    def mine(self, options: Sequence[str], values: Sequence[int | None]) -> dict[str, Any]:
        """Return the points as they are sent."""
        return {"points": dict(zip(options, values, strict=True))}

    def answer_words(self, texts: Sequence[str], values: Sequence[int | None]) -> list[str]:
        """Return "Magnum: 60"."""
        return [f"{text}: {points}" for points, text in zip(values, texts, strict=True)]

    # --- the result

    def result(self, tally: Tally) -> dict[str, Any]:
        """Return `{points, mean, given}`; lists are in the options' order.

        `mean` is over everybody who voted, rounded to hundredths; `given` is the total of all points.
        """
        sums, ballots = [option.weight for option in tally.options], tally.ballots
        return {
            "points": sums,
            "mean": [in_hundredths(points, ballots) / 100 if ballots else 0 for points in sums],
            "given": sum(sums),
        }

    def figures(self, tally: Tally) -> list[dict[str, int | float]]:
        """Return points and mean; nothing if nobody voted."""
        if not tally.ballots:
            return super().figures(tally)
        result = self.result(tally)
        return [
            {"points": points, "mean": mean}
            for points, mean in zip(result["points"], result["mean"], strict=True)
        ]

    def rows(self, tally: Tally) -> list[ResultRow]:
        """Return the options sorted by points."""
        result = self.result(tally)
        sums, in_all = result["points"], result["given"]
        shares, widths = whole_shares(sums, in_all, single=True), bar_widths(sums, in_all)
        order = sorted(range(len(sums)), key=lambda i: (-sums[i], i))
        return [self._row(i, tally.options[i].count, result, shares[i], widths[i]) for i in order]

    def _row(self, i: int, count: int, result: Mapping[str, Any], share: int, width: str) -> ResultRow:
        points, mean = result["points"][i], f"{result['mean'][i]:g}"
        amount = fill(self.texts["points_amount"], {"points": points})
        words = {"mean": mean, "count": count}
        note = fill(self.texts["points_note"].form(count), words) if count else ""
        return ResultRow(
            index=i,
            figure=share,
            unit="%",
            amount=amount,
            word="",
            width=width,
            is_lead=points == max(result["points"]) > 0,
            cells=(str(points), f"{share}%", mean, str(count)),
            line=", ".join(part for part in (amount, f"{share}%", note) if part),
            note=note,
        )

    def note_of(self, tally: Tally) -> str:
        """Return the result in one line, from a tally."""
        return self.note(tally.rules, self.result(tally), [option.text for option in tally.options])

    def sentences_of(self, tally: Tally) -> list[str]:
        """Return the recap's text, from a tally."""
        return self.sentences(tally.rules, self.result(tally), [option.text for option in tally.options])

    def note(
        self, rules: Mapping[str, Any], result: Mapping[str, Any] | None, options: Sequence[str] = ()
    ) -> str:
        """Return "Most points: Magnum (412 of 1200)."; "" if none were given."""
        if result is None or not result["given"]:
            return ""
        most = max(result["points"])
        names = ", ".join(options[i] for i, points in enumerate(result["points"]) if points == most)
        return fill(self.texts["points_most"], {"names": names, "points": most, "total": result["given"]})

    def sentences(
        self, rules: Mapping[str, Any], result: Mapping[str, Any], options: Sequence[str] = ()
    ) -> list[str]:
        """Return which option got the most points, and how many per person on average."""
        most = max(result["points"])
        leaders = [i for i, points in enumerate(result["points"]) if points == most]
        words = {
            "names": join_words([quoted(options[i]) for i in leaders]),
            "points": most,
            "given": result["given"],
            "mean": decimal_words(f"{result['mean'][leaders[0]]:g}"),
        }
        sentence = (
            _("Most points went to %(names)s: %(points)d of %(given)d, %(mean)s a person on average.")
            if len(leaders) == 1
            else _(
                "Most points are shared by %(names)s: %(points)d of %(given)d each, %(mean)s a person on average."
            )
        )
        return [sentence % words]


def read_points(value: Any) -> tuple[Any, ...]:
    """Return (option id, points) from `{id: points}`, without options that got none.

    Raises:
        Malformed
    """
    if not isinstance(value, Mapping) or len(value) > MAX_OPTIONS:
        raise wrong("points", _("The points must be an object of up to 20 ids, each with a whole number."))
    pairs = []
    for option, points in value.items():
        if not isinstance(points, int) or isinstance(points, bool) or not 0 <= points <= MOST_POINTS:
            raise wrong("points", _("Points must be whole numbers from 0 to 1000."))
        pairs.append((clean_id(option, field="points"), points))
    return tuple(sorted(pair for pair in pairs if pair[1]))
