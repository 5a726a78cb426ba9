"""A ranking: people put options in order, either all of them or only the first places.

A ballot's values are places. Three things are stored for all ballots: how many contain an option, how many put it
first, and for each two options, how many of those with both put one above the other. Everything else follows from
these. An option that a ballot leaves out ranks below all its options, and shares the remaining places with the others.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opendev.core.languages import Counted
from opendev.core.punctuation import join_words, quoted, without_odd_blanks
from opendev.core.text import ascii_digits, clean_id
from polls.kinds.base import Family, Kind, fill
from polls.kinds.option_ids import MAX_OPTIONS
from polls.kinds.refusals import DuplicateOption, UnknownOption, WrongNumberOfOptions, wrong
from polls.kinds.tallies import ResultRow, Tally

PREFIX = "place_"
FEWEST_IN_A_CIRCLE = 3
_LINE = re.compile(r"rank(?:ing)?(?:\s+(?P<most>\d{1,2}))?\Z", re.IGNORECASE)


class Ranking(Kind):
    """Options in order."""

    name, label, choice = "ranking", gettext_lazy("Ranking"), gettext_lazy("an order of the options")
    family = Family.WEIGH
    one_row = False
    has_places = True
    may_have_right = True
    field = "ranking"
    input = "select"
    look = "ranking"
    option_row = "room/kinds/ranking/option_row.html"
    picture = "room/kinds/ranking/picture.html"
    columns = (gettext_lazy("Place"), gettext_lazy("Points"), gettext_lazy("First places"))
    footnote = gettext_lazy(
        "Points: one for each option below. Options that somebody left out share the last places."
    )
    texts = {
        "rank_all": gettext_lazy("Put all of them in order"),
        "rank_any": gettext_lazy("Put as many as you like in order"),
        "rank_exactly": gettext_lazy("Put your first {max} in order"),
        "rank_up_to": gettext_lazy("Put up to {max} in order"),
        "rank_range": gettext_lazy("Put {min} to {max} in order"),
        "rank_first": gettext_lazy("First by points: {names}."),
        "rank_beats_all_too": gettext_lazy("It also beats each of the others one to one."),
        "rank_beats_all": gettext_lazy("One to one, {name} beats each of the others."),
        "rank_circle": gettext_lazy(
            "One to one, nothing beats all the others: {names} beat one another in a circle."
        ),
        "rank_points": gettext_lazy("{points} points"),
        "rank_firsts": Counted("first for {count} person", "first for {count} people"),
        "rank_vote": gettext_lazy("Vote with this order"),
        "rank_said": gettext_lazy("{option}: place {place} of {count}."),
        "rank_said_out": gettext_lazy("{option} is out of your order."),
    }

    # --- the poll

    def default_range(self, options: int) -> tuple[int, int]:
        """Return one to all: nobody needs an opinion on the last places."""
        return 1, options

    def ask(self, rules: Mapping[str, Any], fewest: int, most: int, options: int) -> str:
        """Return "Put your first 3 in order", or another instruction for the range."""
        if fewest == most:
            key = "rank_all" if most == options else "rank_exactly"
        elif fewest > 1:
            key = "rank_range"
        else:
            key = "rank_any" if most >= options else "rank_up_to"
        return fill(self.texts[key], {"min": fewest, "max": most})

    def read_line(self, bracket: str) -> dict[str, Any] | None:
        """Return the JSON form of `rank`, or `rank 3` for the first three places."""
        match = _LINE.match(bracket)
        if match is None:
            return None
        return {"kind": self.name, **({"max": int(ascii_digits(match["most"]))} if match["most"] else {})}

    def write_line(self, rules: Mapping[str, Any], fewest: int, most: int, options: int) -> str:
        """Return `rank`, or `rank 3` for the first three places."""
        return "rank" if most == options else f"rank {most}"

    # --- a vote

    def answer_of_form(self, post: Any) -> dict[str, Any]:
        """Return the ranking from the fields `place_<id>`. Places may be skipped.

        Raises:
            Malformed: a place is not a number, or two options have the same.
        """
        entered = self.entered(post, {})
        places: dict[int, str] = {}
        for option, text in entered.items():
            place = int(ascii_digits(text)) if text.isdecimal() and len(text) < 4 else 0
            if place < 1 or place in places:
                raise wrong("ranking", _("Give each place to one option only, then vote."))
            places[place] = option
        return {self.field: [places[place] for place in sorted(places)]}

    def entered(self, post: Any, mine: Mapping[str, Any]) -> dict[str, Any]:
        """Return the places as texts, by option id."""
        if post:
            fields = ((name.removeprefix(PREFIX), post[name]) for name in post if name.startswith(PREFIX))
            return {option: text for option, text in fields if text}
        return {option: str(place) for place, option in enumerate(mine.get("ranking") or (), 1)}

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
            UnknownOption, DuplicateOption, WrongNumberOfOptions
        """
        if not set(answer).issubset(offered):
            raise UnknownOption(fields={"ranking": UnknownOption.message})
        if len(set(answer)) != len(answer):
            sentence = _("An option can have one place only.")
            raise DuplicateOption(sentence, fields={"ranking": sentence})
        if not fewest <= len(answer) <= most:
            sentence = _("%(ask)s, then vote.") % {"ask": self.ask(rules, fewest, most, len(offered))}
            raise WrongNumberOfOptions(sentence, fields={"ranking": sentence})

    def selected(self, answer: Sequence[Any]) -> dict[int, int | None]:
        """Return the place of each option, from 1."""
        return {option: place for place, option in enumerate(answer, 1)}

    def chosen(self, selected: Mapping[int, int | None]) -> tuple[int, ...]:
        """Return the options in the order of their places."""
        return tuple(sorted(selected, key=lambda option: selected[option] or 0))

    def mine(self, options: Sequence[str], values: Sequence[int | None]) -> dict[str, Any]:
        """Return the ranking as it is sent."""
        return {"ranking": list(options)}

    def answer_words(self, texts: Sequence[str], values: Sequence[int | None]) -> list[str]:
        """Return "1. Magnum", "2. Nova"."""
        return [f"{place}. {text}" for place, text in zip(values, texts, strict=True)]

    # --- the result

    def result(self, tally: Tally) -> dict[str, Any]:
        """Return the points, places and comparisons; lists are in the options' order.

        `{points, first_places, places, pairwise, winner, circle}`: `pairwise[i][j]` is the number of ballots with i
        above j, `winner` the option (from 0) that beats each of the others one to one, or None, `circle` those that
        beat one another in a circle and all others, if there is no winner. Points are a Borda count: one for each
        option below, a half for each that shares a place.
        """
        options = tally.options
        beaten = [
            [option.count - other.above[i] if i != j else 0 for j, other in enumerate(options)]
            for i, option in enumerate(options)
        ]
        doubled = [
            sum(tally.ballots + beaten[i][j] - beaten[j][i] for j in range(len(options)) if j != i)
            for i in range(len(options))
        ]
        winner = _winner(beaten) if tally.ballots else None
        return {
            "points": [_half(points) for points in doubled],
            "first_places": [option.above[i] for i, option in enumerate(options)],
            "places": [1 + sum(other > points for other in doubled) for points in doubled],
            "pairwise": beaten,
            "winner": winner,
            "circle": _circle(beaten) if tally.ballots and winner is None else [],
        }

    def rows(self, tally: Tally) -> list[ResultRow]:
        """Return the options sorted by points."""
        result, most = self.result(tally), tally.ballots * (len(tally.options) - 1)
        order = sorted(range(len(tally.options)), key=lambda i: (result["places"][i], i))
        return [self._row(i, result, most) for i in order]

    def figures(self, tally: Tally) -> list[dict[str, int | float]]:
        """Return place, points and how many put the option first; nothing if nobody voted."""
        if not tally.ballots:
            return super().figures(tally)
        result = self.result(tally)
        return [
            {"place": place, "points": points, "first_places": first}
            for place, points, first in zip(
                result["places"], result["points"], result["first_places"], strict=True
            )
        ]

    def _row(self, i: int, result: Mapping[str, Any], most: int) -> ResultRow:
        place, points, first = (result[name][i] for name in ("places", "points", "first_places"))
        note = self._counted("rank_firsts", first) if first else ""
        line = _("place %(place)d, %(points)s points") % {"place": place, "points": shown(points)}
        return ResultRow(
            index=i,
            figure=place,
            unit="",
            amount=fill(self.texts["rank_points"], {"points": shown(points)}),
            word="",
            width=f"{100 * points / most:.1f}%" if most else "0.0%",
            is_lead=bool(most) and place == 1,
            cells=(str(place), shown(points), str(first)),
            line=f"{line}, {note}" if note else line,
            note=note,
        )

    def _counted(self, key: str, count: int) -> str:
        return fill(self.texts[key].form(count), {"count": count})

    def note_of(self, tally: Tally) -> str:
        """Return the result in one line, from a tally."""
        return self.note(tally.rules, self.result(tally), [option.text for option in tally.options])

    def sentences_of(self, tally: Tally) -> list[str]:
        """Return the recap's text, from a tally."""
        return self.sentences(tally.rules, self.result(tally), [option.text for option in tally.options])

    def note(
        self, rules: Mapping[str, Any], result: Mapping[str, Any] | None, options: Sequence[str] = ()
    ) -> str:
        """Return "First by points: Magnum. It also beats each of the others one to one."; "" without ballots."""
        if result is None or not any(result["points"]):
            return ""
        leaders = [i for i, place in enumerate(result["places"]) if place == 1]
        sentences = [fill(self.texts["rank_first"], {"names": _names(leaders, options)})]
        if result["winner"] is not None:
            key = "rank_beats_all_too" if leaders == [result["winner"]] else "rank_beats_all"
            sentences.append(fill(self.texts[key], {"name": options[result["winner"]]}))
        elif result["circle"]:
            sentences.append(fill(self.texts["rank_circle"], {"names": _names(result["circle"], options)}))
        return " ".join(sentences)

    def sentences(
        self, rules: Mapping[str, Any], result: Mapping[str, Any], options: Sequence[str] = ()
    ) -> list[str]:
        """Return "First by points is Magnum; it also has most first places (41 of 120)." and who beats whom."""
        leaders = [i for i, place in enumerate(result["places"]) if place == 1]
        voted, most_first = sum(result["first_places"]), max(result["first_places"])
        favourites = [i for i, first in enumerate(result["first_places"]) if first == most_first]
        words = {
            "names": _quoted(leaders, options),
            "favourites": _quoted(favourites, options),
            "first": most_first,
            "voted": voted,
        }
        if len(leaders) > 1:
            sentences = [_("Equal by points are %(names)s.") % words, _most_first(favourites) % words]
        elif leaders == favourites:
            sentences = [
                _("First by points is %(names)s; it also has most first places (%(first)d of %(voted)d).")
                % words
            ]
        else:
            sentences = [_("First by points is %(names)s.") % words, _most_first(favourites) % words]
        if result["winner"] is not None and leaders != [result["winner"]]:
            sentences.append(fill(self.texts["rank_beats_all"], {"name": quoted(options[result["winner"]])}))
        elif result["circle"]:
            sentences.append(fill(self.texts["rank_circle"], {"names": _quoted(result["circle"], options)}))
        return [without_odd_blanks(sentence) for sentence in sentences]

    def picture_of(self, tally: Tally, *, on_screen: bool = False) -> dict[str, Any] | None:
        """Return the table of comparisons: `{names, rows: [{name, cells: [{count, beats}]}]}`, sorted by points."""
        if not tally.ballots:
            return None
        result = self.result(tally)
        order = [row.index for row in self.rows(tally)]
        beaten = result["pairwise"]
        return {
            "names": [tally.options[i].text for i in order],
            "rows": [
                {
                    "name": tally.options[i].text,
                    "cells": [
                        {"count": "" if i == j else beaten[i][j], "beats": beaten[i][j] > beaten[j][i]}
                        for j in order
                    ],
                }
                for i in order
            ],
        }


def _most_first(favourites: Sequence[int]) -> str:
    """Return the sentence template about the option that most people put first."""
    if len(favourites) == 1:
        return _("Most first places went to %(favourites)s (%(first)d of %(voted)d).")
    return _("Most first places are shared by %(favourites)s (%(first)d of %(voted)d each).")


def _names(indexes: Sequence[int], options: Sequence[str]) -> str:
    return ", ".join(options[i] for i in indexes)


def _quoted(indexes: Sequence[int], options: Sequence[str]) -> str:
    return join_words([quoted(options[i]) for i in indexes])


def shown(points: float) -> str:
    """Return points as pages show them: 24 or 24½."""
    whole = int(points)
    return str(whole) if points == whole else f"{whole or ''}½"


def _half(doubled: int) -> float | int:
    """Return 24.5 or 24, never 24.0."""
    return doubled // 2 if doubled % 2 == 0 else doubled / 2


def _winner(beaten: Sequence[Sequence[int]]) -> int | None:
    """Return the option that beats each of the others one to one (Condorcet), or None."""
    every = range(len(beaten))
    return next((i for i in every if all(beaten[i][j] > beaten[j][i] for j in every if j != i)), None)


def _circle(beaten: Sequence[Sequence[int]]) -> list[int]:
    """Return the options that beat one another in a circle and that no other option beats, or []."""
    every = range(len(beaten))
    reached = [{j for j in every if beaten[i][j] > beaten[j][i]} for i in every]
    for k in every:
        for i in every:
            if k in reached[i]:
                reached[i] |= reached[k]
    for i in every:
        circle = [j for j in every if j in reached[i] and i in reached[j]]
        is_on_top = all(j in circle for j in every if i in reached[j])
        if len(circle) >= FEWEST_IN_A_CIRCLE and is_on_top:
            return circle
    return []


def read_ranking(value: Any) -> tuple[Any, ...]:
    """Return option ids in the order of their places.

    Raises:
        Malformed
    """
    if not isinstance(value, Sequence) or isinstance(value, str | bytes) or len(value) > MAX_OPTIONS:
        raise wrong("ranking", _("The ranking must be a list of up to 20 ids, the first place first."))
    return tuple(clean_id(option, field="ranking") for option in value)
