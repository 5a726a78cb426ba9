"""Drafts of every kind with all their settings, for Hypothesis."""

from typing import Any

from hypothesis import strategies as st

from opendev.core.errors import DomainError
from polls.kinds import KINDS
from polls.models import Poll
from polls.services.reading import PollDraft, read_draft

# What parts lines, cells and documents somewhere, and words that mean something in brackets.
PIECES = (
    *(
        "a",
        "b",
        "Straße",
        "日本",
        " ",
        "?",
        " ? ",
        "/",
        " / ",
        "／",
        "[",
        "]",
        "[text]",
        "[rank]",
        "\\",
        "\\/",
    ),
    *("\\[", "'", '"', "=", "-", "+1", "@", ",", ";", "|", "\t", "…", " … ", " - ", ":", "{", "}", "{}"),
    *(
        ", right 2",
        "right 1",
        "named",
        "pick 1-2",
        ", no opinion",
        "nps",
        "other",
        "step 2 x",
        "%",
        "https://e.org/a",
    ),
)


def words(most: int, *, least: int = 1) -> st.SearchStrategy[str]:
    pieces = st.lists(st.sampled_from(PIECES), min_size=least, max_size=6)
    return pieces.map(lambda parts: "".join(parts)[:most])


WHOLE = st.integers(min_value=0, max_value=9).map(str)
TRUTH = st.booleans()
RULES: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "single": st.fixed_dictionaries({"other": TRUTH, "approve": TRUTH}),
    "multiple": st.fixed_dictionaries({"other": TRUTH, "approve": TRUTH}),
    "scale": st.one_of(
        st.fixed_dictionaries(
            {
                "from": st.integers(-3, 3),
                "to": st.integers(3, 7),
                "labels": st.lists(words(40, least=0), min_size=2, max_size=2),
                "no_opinion": TRUTH,
            }
        ),
        st.fixed_dictionaries(
            {"from": st.just(0), "to": st.just(10), "nps": TRUTH, "no_opinion": TRUTH},
        ),
    ),
    "ranking": st.just({}),
    "points": st.fixed_dictionaries({"total": st.integers(2, 1000), "exact": TRUTH}),
    "words": st.fixed_dictionaries({"approve": TRUTH}),
    "text": st.fixed_dictionaries({"approve": TRUTH, "length": st.integers(20, 300)}),
    "number": st.fixed_dictionaries(
        {
            "from": st.sampled_from(["-10", "0", "0.5"]),
            "to": st.sampled_from(["10", "100", "10.5"]),
            "step": st.sampled_from(["1", "0.5", "2.5"]),
            "unit": words(12, least=0),
        }
    ),
}


@st.composite
def drafts(draw: st.DrawFn, name: str) -> PollDraft:
    """A poll of this kind that the services take."""
    kind = KINDS[name]
    body: dict[str, Any] = {
        "question": draw(words(300)),
        "kind": name,
        "rules": draw(RULES[name]),
        "anonymous": draw(TRUTH),
        "may_change": draw(TRUTH),
        "visibility": draw(st.sampled_from(Poll.Visibility.values)),
    }
    options = draw(st.lists(words(120), min_size=2, max_size=5))
    if draw(TRUTH) and not kind.is_written and not kind.makes_options:
        body |= {"min": draw(st.integers(1, 2)), "max": draw(st.integers(1, 5))}
    if kind.is_written:
        body |= draw(st.sampled_from([{}, {"max": 3}, {"min": 2, "max": 4}])) if not kind.one_row else {}
    elif not kind.makes_options or draw(TRUTH):
        body["options"] = [{"text": text} for text in options]
        if kind.makes_options:
            body["rules"] = {"from": draw(st.integers(-3, 3)), "labels": ["", draw(words(40, least=0))]}
    if kind.may_have_right and draw(TRUTH):
        right = {"ranking": [2, 1]}.get(kind.field, draw(st.sampled_from([[1], [2, 1]])))
        body["right_answer"] = {kind.field: "5" if kind.is_written else right}
    return _checked(draw, body)


def _checked(draw: st.DrawFn, body: dict[str, Any]) -> PollDraft:
    for without in ((), ("right_answer",), ("right_answer", "min", "max")):
        try:
            return read_draft({name: value for name, value in body.items() if name not in without})
        except DomainError:
            continue
    return draw(st.nothing())
