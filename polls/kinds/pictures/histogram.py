"""Numbers: a histogram with its bins' counts, the median, and the right number once it has been revealed."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from polls.kinds.pictures.sheet import BASELINE, END, MARGIN, Sheet
from polls.kinds.pictures.wrapping import width_of

HIGH = 360
SIZE = 22
ROOM = END - MARGIN
LINE = 34  # a mark's text
LEAST_GAP = 14  # between two labels


@dataclass(frozen=True, slots=True)
class Mark:
    """A value that is marked on the axis: its place, as an SVG length in percent, and the value with its unit."""

    place: str
    value: str
    is_right: bool = False

    @property
    def words(self) -> str:
        """The text above it."""
        if self.is_right:
            return f"{_('Right answer')}: {self.value}"
        return _("Median: %(value)s") % {"value": self.value}


def draw_histogram(sheet: Sheet, bins: Sequence[tuple[str, int]], marks: Sequence[Mark]) -> None:
    """Draw the bins (label and count), and the marks above them, each on its own line."""
    if not bins:
        return
    colours, start = sheet.colours, sheet.y
    sheet.y += LINE * len(marks) + 40  # the highest bin has its count above it
    floor, most, share = sheet.y + HIGH, max(count for _label, count in bins), ROOM / len(bins)
    for place, (_label, count) in enumerate(bins):
        height = HIGH * count / most if most else 0
        left = MARGIN + place * share
        if count:
            colour = colours.data if count == most else colours.data2
            sheet.rect(left + 2, floor - height, max(share - 4, 1), height, colour, corner=2)
    sheet.line((MARGIN, floor), (END, floor), colours.edge)
    _write_labels(sheet, [label for label, _count in bins], floor, share)
    for place, mark in enumerate(marks):
        _draw_mark(sheet, mark, start + LINE * place, (start + LINE * len(marks), floor))
    _write_counts(sheet, [count for _label, count in bins], floor, share)
    sheet.y = floor + 44


def _write_labels(sheet: Sheet, labels: Sequence[str], floor: float, share: float) -> None:
    """Write the bins' labels below the axis: all, or as many as fit, and always the last one."""
    widest = max(width_of(label, SIZE) for label in labels) + LEAST_GAP
    every = max(1, -int(-widest // share))
    last = len(labels) - 1
    for place, label in enumerate(labels):
        is_crowded = place != last and last - place < every
        if place != last and (place % every or is_crowded):
            continue
        x, half = MARGIN + (place + 0.5) * share, width_of(label, SIZE) / 2
        x = min(max(x, MARGIN + half), END - half)
        baseline = floor + 10 + BASELINE * SIZE
        sheet.text(label, x, baseline, SIZE, fill=sheet.colours.ink2, align="middle")


def _write_counts(sheet: Sheet, counts: Sequence[int], floor: float, share: float) -> None:
    """Write the counts above the bars if they fit; no mark's line crosses them."""
    for place, count in enumerate(counts):
        width = width_of(str(count), SIZE)
        if count and width <= share:
            x, edge = MARGIN + (place + 0.5) * share, floor - HIGH * count / max(counts)
            sheet.rect(x - width / 2, edge - SIZE - 9, width, SIZE + 4, sheet.colours.paper)
            sheet.text(str(count), x, edge - 10, SIZE, align="middle")


def _draw_mark(sheet: Sheet, mark: Mark, top: float, ends: tuple[float, float]) -> None:
    x, colour = MARGIN + ROOM * float(mark.place.rstrip("%")) / 100, sheet.colours.ink
    sheet.line((x, ends[0]), (x, ends[1]), sheet.colours.paper, thick=6)
    sheet.line((x, ends[0]), (x, ends[1]), colour, thick=3, dashes="" if mark.is_right else "8 6")
    words = mark.words
    half = width_of(words, SIZE, bold=True) / 2
    middle = min(max(x, MARGIN + half), END - half)
    sheet.text(words, middle, top + BASELINE * SIZE, SIZE, bold=True, align="middle")
    if mark.is_right and middle - half - 32 >= MARGIN:
        sheet.tick(middle - half - 32, top + 14, sheet.colours.data)
