"""Words: the cloud as on the pages, and below it the most frequent words with their counts."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import ngettext

from polls.kinds.cloud import Box
from polls.kinds.pictures.bars import draw_remark, draw_rows
from polls.kinds.pictures.sheet import END, MARGIN, Sheet
from polls.kinds.tallies import ResultRow, Tally

BOX = Box(END - MARGIN, 460, 110, 30, 22, 60, 12)
MIDDLE = 0.35  # from a letter's middle to its baseline, relative to its size
NARROWER = 0.86  # the pages' own font is narrower than a reader's may be
REACH = 0.6  # from a word's middle to its upper and lower edge; few words do not fill the box
LISTED = 10


def draw_cloud(sheet: Sheet, picture: Mapping[str, Any], tally: Tally, rows: list[ResultRow]) -> None:
    """Draw the cloud that was made for `BOX`, and the first of the rows."""
    colours, words = sheet.colours, picture["words"]
    top = sheet.y - min(word["y"] - REACH * word["size"] for word in words)
    fills = (colours.data, colours.ink, colours.ink2)
    for word in words:
        x, baseline = MARGIN + word["x"], top + word["y"] + MIDDLE * word["size"] * NARROWER
        sheet.text(
            word["text"],
            x,
            baseline,
            round(word["size"] * NARROWER, 1),
            fill=fills[word["tier"]],
            bold=True,
            align="middle",
        )
    sheet.y = top + max(word["y"] + REACH * word["size"] for word in words) + 40
    draw_rows(sheet, tally, rows[:LISTED])
    if more := tally.different - len(rows[:LISTED]):
        remark = ngettext("and %(count)s more word", "and %(count)s more words", more)
        draw_remark(sheet, remark % {"count": more})
