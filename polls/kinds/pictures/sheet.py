"""The sheet on which a picture is drawn: shapes and texts, in the colours and measures that all pictures share.

Pictures have presentation attributes and no style sheet, so that every program draws them the same way. Positions are
measured from the side where the reader's language begins; for right-to-left languages the sheet is mirrored.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from polls.kinds.pictures.wrapping import runs_from_right, wrapped

WIDTH = 1200
MARGIN = 56
END = WIDTH - MARGIN
FONTS = "system-ui, sans-serif"
LEADING = 1.3  # of a line, relative to its font size
BASELINE = 0.98  # below a line's upper edge, relative to its font size
# Characters that XML 1.0 forbids; our own texts contain none.
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Align = Literal["near", "middle", "far"]


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a theme; the names are those of the style sheet (docs of the design: tokens)."""

    paper: str
    ink: str
    ink2: str
    edge: str
    rule: str
    data: str
    data2: str
    low: str


PALETTES = {
    "light": Palette("#ffffff", "#122026", "#45535a", "#74828a", "#d2dadd", "#0b5c72", "#5292a6", "#855600"),
    "dark": Palette("#0e1417", "#ecf1f2", "#b3c0c5", "#738289", "#2a363b", "#55bbd6", "#317a90", "#e5b453"),
}
THEMES = list(PALETTES)


@dataclass
class Sheet:
    """What has been drawn so far, and down to where.

    Attributes:
        colours: of the theme.
        is_mirrored: whether it starts on the right.
        y: where the next part starts.
        shapes: the elements, in the order in which they are drawn.
    """

    colours: Palette
    is_mirrored: bool = False
    y: float = MARGIN
    shapes: list[str] = field(default_factory=list)

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str,
        *,
        corner: float = 0,
        opacity: float = 1,
    ) -> None:
        """Draw a filled box."""
        left = WIDTH - x - width if self.is_mirrored else x
        rounded = f' rx="{corner:g}"' if corner else ""
        pale = f' fill-opacity="{opacity:g}"' if opacity != 1 else ""
        size = f'width="{number(width)}" height="{number(height)}"'
        self.shapes.append(f'<rect x="{number(left)}" y="{number(y)}" {size}{rounded} fill="{fill}"{pale}/>')

    def line(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        stroke: str,
        *,
        thick: float = 2,
        dashes: str = "",
    ) -> None:
        """Draw a straight line."""
        (x1, y1), (x2, y2) = ((self._across(x), y) for x, y in (start, end))
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        ends = f'x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}"'
        self.shapes.append(f'<line {ends} stroke="{stroke}" stroke-width="{thick:g}"{dashed}/>')

    def dot(self, x: float, y: float, radius: float, fill: str) -> None:
        """Draw a filled circle with a rim in the background colour."""
        place = f'cx="{number(self._across(x))}" cy="{number(y)}" r="{radius:g}"'
        rim = f'stroke="{self.colours.paper}" stroke-width="3"'
        self.shapes.append(f'<circle {place} fill="{fill}" {rim}/>')

    def path(self, points: Sequence[tuple[float, float]], stroke: str, *, thick: float = 3) -> None:
        """Draw a line through points without mirroring it: symbols such as a tick are not mirrored."""
        shift = 2 * (WIDTH / 2 - points[0][0]) if self.is_mirrored else 0
        way = " ".join(f"{number(x + shift)},{number(y)}" for x, y in points)
        look = f'fill="none" stroke="{stroke}" stroke-width="{thick:g}"'
        self.shapes.append(f'<polyline points="{way}" {look} stroke-linecap="round"/>')

    def text(
        self,
        words: str,
        x: float,
        baseline: float,
        size: float,
        *,
        fill: str = "",
        bold: bool = False,
        align: Align = "near",
    ) -> None:
        """Draw one line of text with its start, middle or end at `x`."""
        from_right = runs_from_right(words)
        is_turned = self.is_mirrored if from_right is None else from_right
        anchor = {"near": "start", "middle": "middle", "far": "end"}[align]
        if align != "middle" and is_turned != self.is_mirrored:  # a text's own start is on its other side
            anchor = "end" if anchor == "start" else "start"
        about = [
            f'x="{number(self._across(x))}" y="{number(baseline)}" font-size="{size:g}"',
            f'fill="{fill or self.colours.ink}"',
            *(['font-weight="700"'] if bold else []),
            *([f'text-anchor="{anchor}"'] if anchor != "start" else []),
            *(['direction="rtl"'] if is_turned else []),
        ]
        self.shapes.append(f"<text {' '.join(about)}>{in_xml(words)}</text>")

    def paragraph(
        self,
        words: str,
        x: float,
        width: float,
        size: float,
        *,
        fill: str = "",
        bold: bool = False,
    ) -> None:
        """Write a text in as many lines as it needs, and continue below it."""
        for line in wrapped(words, width, size, bold=bold):
            self.text(line, x, self.y + BASELINE * size, size, fill=fill, bold=bold)
            self.y += LEADING * size

    def tick(self, x: float, y: float, stroke: str) -> None:
        """Draw the tick of a right answer, 20 units wide, around the height `y`."""
        begin = x + 20 if self.is_mirrored else x
        self.path([(begin, y), (begin + 7, y + 7), (begin + 20, y - 8)], stroke, thick=4)

    def _across(self, x: float) -> float:
        return WIDTH - x if self.is_mirrored else x


def number(value: float) -> str:
    """Return a length with at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def in_xml(text: str) -> str:
    """Return a text escaped for XML."""
    return escape(NOT_IN_XML.sub("", text))


def in_attribute(text: str) -> str:
    """Return a text as the value of an XML attribute, in quotes."""
    return quoteattr(NOT_IN_XML.sub("", text))
