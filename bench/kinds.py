"""The polls for the benchmark of the kinds: one of each kind, with the answers that voters choose from.

To measure a kind, add an entry to SAMPLES.
"""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

from polls.kinds import DEFAULT

DIFFERENT = 2_000  # words that are in a poll before the measured votes arrive
OPTIONS = ("Bare metal", "Virtual machines", "Both, by workload", "We are still deciding")


@dataclasses.dataclass(frozen=True, slots=True)
class Sample:
    """A poll to measure.

    Attributes:
        field: the field of a vote with the answer.
        answers: the answers that voters choose from, given the ids of the poll's options.
        draft: the poll's JSON form, without question and kind.
        before: texts that are already in the poll, one per person.
    """

    field: str
    answers: Callable[[Sequence[str]], list[Any]]
    draft: dict[str, Any] = dataclasses.field(default_factory=dict)
    before: tuple[str, ...] = ()


def _one_option(options: Sequence[str]) -> list[Any]:
    return [[option] for option in options]


WORDS = tuple(f"word number {number}" for number in range(DIFFERENT))

SAMPLES: dict[str, Sample] = {
    DEFAULT: Sample("options", _one_option, {"options": [{"text": text} for text in OPTIONS]}),
    "scale": Sample("options", _one_option),
    "words": Sample(
        "words",
        lambda _options: [[word] for word in (*WORDS, *(word.upper() for word in WORDS[:200]))],
        before=WORDS,
    ),
    "text": Sample(
        "text",
        lambda _options: [
            f"What blocks us most is thing number {number}." for number in range(2 * DIFFERENT)
        ],
        {"rules": {"approve": False}},
        before=tuple(f"What blocks us most is thing number {number}." for number in range(DIFFERENT)),
    ),
    "number": Sample("number", lambda _options: [str(number) for number in range(101)]),
}
