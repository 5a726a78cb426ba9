"""A pad's text with the attributes of each unit: its author, whether it is bold, the list of its line."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from itertools import groupby

from etherpad_links.easysync.errors import BadChangeset
from etherpad_links.easysync.units import base36, to_units

Attributes = tuple[tuple[str, str], ...]  # sorted (key, value) pairs, each key once

NO_ATTRIBUTES: Attributes = ()
RUN = re.compile(r"((?:\*[0-9a-z]+)*)(?:\|[0-9a-z]+)?\+([0-9a-z]+)")
LARGEST_VALUE = 400  # authors, list types and links are shorter; picture plugins store whole pictures
NUMBER = re.compile(r"\*([0-9a-z]+)")
Pool = Mapping[str, Iterable[str]]  # number, in decimal digits -> [key, value]; Etherpad's `numToAttrib`


@dataclass(frozen=True, slots=True)
class Document:
    """`text` is a unit text that ends with a newline; `marks` has the attributes of each of its units."""

    text: str
    marks: tuple[Attributes, ...]

    @classmethod
    def plain(cls, text: str) -> "Document":
        """Return a document of an ordinary text without any attribute."""
        units = to_units(text)
        return cls(units, (NO_ATTRIBUTES,) * len(units))

    @classmethod
    def from_wire(cls, text: str, runs: str, pool: Pool) -> "Document":
        """Return the document from a server: its text, runs of attributes, and the pool for their numbers.

        Raises:
            BadChangeset: the runs are not as long as the text.
        """
        units = to_units(text)
        marks: list[Attributes] = []
        for found in RUN.finditer(runs):
            marks += [read_attributes(found[1], pool)] * int(found[2], 36)
        if len(marks) != len(units):
            raise BadChangeset(f"attributes for {len(marks)} units of {len(units)}")
        return cls(units, tuple(marks))

    def to_wire(self) -> tuple[str, dict[str, list[str]]]:
        """Return the runs of attributes and the pool for their numbers, as `from_wire` expects them."""
        numbers: dict[tuple[str, str], int] = {}
        runs = []
        for mark, group in groupby(self.marks):
            stars = "".join(f"*{base36(numbers.setdefault(pair, len(numbers)))}" for pair in mark)
            runs.append(f"{stars}+{base36(sum(1 for _ in group))}")
        return "".join(runs), {str(number): list(pair) for pair, number in numbers.items()}


def without_large_values(pool: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return the pool with each large value, such as a picture, replaced by a few characters.

    For copies that are only read: what we send never contains other people's attributes.
    """
    return {number: [key, _short(value)] for number, (key, value) in pool.items()}


def _short(value: str) -> str:
    return value if len(value) <= LARGEST_VALUE else _digest(value)


@lru_cache(maxsize=64)
def _digest(value: str) -> str:
    return f"sha256:{sha256(value.encode(errors='replace')).hexdigest()}"


def read_attributes(numbers: str, pool: Pool) -> Attributes:
    """Return the attributes of `*0*3` in this pool.

    Raises:
        BadChangeset: the pool does not know a number.
    """
    try:
        pairs = {key: value for n in NUMBER.findall(numbers) for key, value in [pool[str(int(n, 36))]]}
    except (KeyError, ValueError) as error:
        raise BadChangeset(f"the pool does not explain {numbers!r}") from error
    return sorted_attributes(pairs.items())


def sorted_attributes(pairs: Iterable[tuple[str, str]]) -> Attributes:
    """Return the pairs in canonical order, as one object for all equal ones: a pad has few, but very many units."""
    return _the_one(tuple(sorted(pairs)))


@lru_cache(maxsize=4096)
def _the_one(attributes: Attributes) -> Attributes:
    return attributes


@lru_cache(maxsize=4096)
def changed_by(attributes: Attributes, change: Attributes) -> Attributes:
    """Return attributes after a change; an empty value removes a key."""
    merged = {**dict(attributes), **dict(change)}
    return sorted_attributes((key, value) for key, value in merged.items() if value)
