"""A scale: the answers end to end around the middle of the scale, and the average on a line below."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from polls.kinds.pictures.sheet import BASELINE, END, MARGIN, Sheet
from polls.kinds.pictures.wrapping import width_of

BAR = 84
AXIS = 34  # from the bars' lower edge to the line of the average
LABEL_SIZE = 22
OPACITY = {
    0: 0.45,
    1: 0.45,
    2: 0.6,
    3: 0.8,
    4: 1.0,
}  # by the distance of a point from the middle, as on the pages
ROOM = END - MARGIN


def draw_likert(sheet: Sheet, picture: Mapping[str, Any], ends: Sequence[str]) -> None:
    """Draw bars and average.

    Args:
        picture: `{bars: [{x, width, strength, side}], mean_at}`, lengths in percent, as the page's picture.
        ends: the labels of the lowest and the highest point.
    """
    colours, top = sheet.colours, sheet.y
    fills = {"low": colours.low, "high": colours.data, "middle": colours.edge}
    for bar in picture["bars"]:
        width = _part(bar["width"])
        if width:
            left = MARGIN + _part(bar["x"])
            opacity = 1 if bar["side"] == "middle" else OPACITY[bar["strength"]]
            sheet.rect(left + 1, top, max(width - 2, 1), BAR, fills[bar["side"]], opacity=opacity)
    middle = MARGIN + ROOM / 2
    sheet.line((middle, top - 8), (middle, top + BAR + 8), colours.ink)
    axis, mean = top + BAR + AXIS, MARGIN + _part(picture["mean_at"])
    sheet.line((MARGIN, axis), (END, axis), colours.edge)
    sheet.dot(mean, axis, 12, colours.ink)
    sheet.y = axis + 22
    _write_ends(sheet, ends, mean)


def _write_ends(sheet: Sheet, ends: Sequence[str], mean: float) -> None:
    """Write the labels of the axis, and below the dot that it is the average."""
    baseline, colour = sheet.y + BASELINE * LABEL_SIZE, sheet.colours.ink2
    for words, x, align in ((ends[0], MARGIN, "near"), (ends[1], END, "far")):
        sheet.text(words, x, baseline, LABEL_SIZE, fill=colour, align="near" if align == "near" else "far")
    average = _("Average")
    half = width_of(average, LABEL_SIZE, bold=True) / 2
    near, far = (width_of(words, LABEL_SIZE) + 16 for words in ends)
    if not MARGIN + near + half <= mean <= END - far - half:  # it would overlap an end's label
        baseline += 30
        sheet.y += 30
    mean = min(max(mean, MARGIN + half), END - half)
    sheet.text(average, mean, baseline, LABEL_SIZE, bold=True, align="middle")
    sheet.y += 64


def _part(percent: str) -> float:
    return ROOM * float(percent.rstrip("%")) / 100
