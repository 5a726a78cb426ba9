"""A JSON parser that records the line of each value, unlike Python's own."""

import json
from bisect import bisect_right
from collections.abc import Callable
from json import decoder, scanner
from typing import Any

from sessions.schedules.formats.troubles import Troubles


class Located(dict[str, Any]):
    """An object in the file: `line` is its first line, `lines` the line of each field's value."""

    line = 1
    lines: dict[str, int]


class _Decoder(json.JSONDecoder):
    """Python's decoder, recording the position of each value."""

    scan_once: Callable[..., Any]

    def __init__(self, starts: list[int]) -> None:
        super().__init__(parse_constant=_no_constant)
        self.starts = starts
        self.parse_object = self._object
        self.scan_once = scanner.py_make_scanner(self)  # type: ignore[attr-defined]  # the C implementation calls no method

    def _object(
        self, text_and_end: tuple[str, int], strict: bool, scan_once: Callable[..., Any], *rest: Any
    ) -> tuple[Located, int]:
        begins_at = text_and_end[1] - 1
        positions: list[int] = []
        pairs: list[tuple[str, Any]] = []

        def noting(text: str, index: int) -> Any:
            positions.append(index)
            return scan_once(text, index)

        _nothing, end = decoder.JSONObject(text_and_end, strict, noting, None, pairs.extend)  # type: ignore[attr-defined]
        found = Located(pairs)
        found.line = self.line(begins_at)
        found.lines = {name: self.line(index) for (name, _value), index in zip(pairs, positions, strict=True)}
        return found, end

    def line(self, index: int) -> int:
        """Return the line of a position, counted from 1."""
        return bisect_right(self.starts, index)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def read_json(content: bytes) -> Any:
    """Return the value of a JSON file, its objects as `Located`.

    Raises:
        BadSchedule: with line and column.
    """
    try:
        text = content.decode(json.detect_encoding(content)).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Troubles.only(line, "", "not_utf8") from None
    starts = [0, *(index + 1 for index, sign in enumerate(text) if sign == "\n")]
    try:
        return _Decoder(starts).decode(text)
    except json.JSONDecodeError as error:
        raise Troubles.only(error.lineno, "", "broken", column=error.colno, reason=error.msg) from None
    except RecursionError:
        raise Troubles.only(1, "", "too_deep") from None
    except ValueError as error:  # NaN, or a number of thousands of digits
        raise Troubles.only(1, "", "broken", column=1, reason=str(error)[:80]) from None
