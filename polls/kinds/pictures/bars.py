"""Rows with bars that grow from one line, as on the pages: a figure before the line, text and amount after it."""

from collections.abc import Collection, Sequence

from django.utils.translation import gettext as _

from polls.kinds.pictures.sheet import BASELINE, END, LEADING, MARGIN, Sheet
from polls.kinds.pictures.wrapping import width_of, wrapped
from polls.kinds.tallies import ResultRow, Tally

SPINE = 204
WORDS = SPINE + 24
FIGURE_SIZE, TEXT_SIZE, NOTE_SIZE = 40, 28, 22
BAR = 18
GAP = 26  # between rows
BETWEEN = 24  # a text and the amount next to it


def draw_rows(
    sheet: Sheet, tally: Tally, rows: Sequence[ResultRow], right: Collection[int] = (), *, gap: int = GAP
) -> None:
    """Draw the rows one below the other, and the line from which they begin."""
    top = sheet.y
    for row in rows:
        draw_row(sheet, tally.options[row.index].text, row, is_right=row.index in right)
        sheet.y += gap
    if rows:
        sheet.y -= gap
        sheet.line((SPINE, top), (SPINE, sheet.y), sheet.colours.rule)


def draw_row(sheet: Sheet, text: str, row: ResultRow, *, is_right: bool) -> None:
    """Draw an option: its figure, text and amount, its bar, and its note below."""
    colours, amount = sheet.colours, f"{row.amount} {row.word}".strip()
    bold, top = row.is_lead, sheet.y
    room = END - WORDS - width_of(amount, TEXT_SIZE, bold=bold) - BETWEEN
    baseline = top + BASELINE * TEXT_SIZE
    sheet.text(
        f"{row.figure}{row.unit}",
        SPINE - 20,
        baseline,
        FIGURE_SIZE,
        bold=bold,
        align="far",
        fill=colours.ink if bold else colours.ink2,
    )
    sheet.text(amount, END, baseline, TEXT_SIZE, bold=bold, align="far", fill=colours.ink)
    for line in wrapped(text, room, TEXT_SIZE, bold=bold):
        sheet.text(line, WORDS, sheet.y + BASELINE * TEXT_SIZE, TEXT_SIZE, bold=bold)
        sheet.y += LEADING * TEXT_SIZE
    sheet.y += 6
    draw_bar(sheet, float(row.width.rstrip("%")), is_lead=bold)
    if is_right:
        sheet.y += 6
        sheet.tick(WORDS, sheet.y + 14, colours.data)
        sheet.paragraph(_("Right"), WORDS + 32, END - WORDS - 32, NOTE_SIZE, fill=colours.data, bold=True)
    if row.note:
        sheet.y += 4
        sheet.paragraph(row.note, WORDS, END - WORDS, NOTE_SIZE, fill=colours.ink2)


def draw_bar(sheet: Sheet, percent: float, *, is_lead: bool) -> None:
    """Draw a bar that takes `percent` of the space from the line to the margin, and continue below it."""
    length = (END - SPINE) * percent / 100
    if length:
        colour = sheet.colours.data if is_lead else sheet.colours.data2
        sheet.rect(SPINE, sheet.y, length, BAR, colour, corner=2)
    sheet.y += BAR


def draw_remark(sheet: Sheet, words: str) -> None:
    """Write a line of small text below a picture."""
    sheet.y += 12
    sheet.paragraph(words, MARGIN, END - MARGIN, NOTE_SIZE, fill=sheet.colours.ink2)
