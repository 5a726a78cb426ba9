"""Two rounds side by side: for each option both bars, and by how much it rose or fell."""

from polls.kinds.pictures.bars import NOTE_SIZE, SPINE, TEXT_SIZE, WORDS
from polls.kinds.pictures.sheet import BASELINE, END, LEADING, MARGIN, Sheet
from polls.kinds.pictures.wrapping import wrapped
from polls.kinds.rounds import Change, Rounds

BAR = 14
FIGURES = 84  # space for a bar's figure after it
GAP = 26
HEAD_SIZE = 28


def draw_rounds(sheet: Sheet, rounds: Rounds, names: tuple[str, str], heading: str) -> None:
    """Draw the comparison below a picture.

    Args:
        names: the rounds, each with its number of voters.
        heading: above everything.
    """
    colours = sheet.colours
    sheet.y += 48
    sheet.paragraph(heading, MARGIN, END - MARGIN, HEAD_SIZE, bold=True)
    sheet.y += 6
    for name, colour in zip(names, (colours.edge, colours.data), strict=True):
        sheet.rect(MARGIN, sheet.y + 6, 28, BAR, colour, corner=2)
        sheet.paragraph(name, MARGIN + 40, END - MARGIN - 40, NOTE_SIZE, fill=colours.ink2)
    sheet.paragraph(rounds.heading, MARGIN, END - MARGIN, NOTE_SIZE, fill=colours.ink2)
    sheet.y += 20
    top = sheet.y
    for change in rounds.changes:
        _draw_change(sheet, change)
        sheet.y += GAP
    sheet.y -= GAP
    sheet.line((SPINE, top), (SPINE, sheet.y), colours.rule)


def _draw_change(sheet: Sheet, change: Change) -> None:
    """Draw an option: its change before the line, text and both bars after it."""
    colours, baseline = sheet.colours, sheet.y + BASELINE * TEXT_SIZE
    moved = f"{change.arrow} {change.amount}".strip()
    sheet.text(moved, SPINE - 20, baseline, TEXT_SIZE, bold=bool(change.by), align="far")
    for line in wrapped(change.text, END - WORDS, TEXT_SIZE):
        sheet.text(line, WORDS, sheet.y + BASELINE * TEXT_SIZE, TEXT_SIZE)
        sheet.y += LEADING * TEXT_SIZE
    sheet.y += 4
    colour_of = (colours.edge, colours.data)
    for percent, words, colour in zip(change.lengths, change.figures, colour_of, strict=True):
        length = (END - SPINE - FIGURES) * float(percent) / 100
        if length:
            sheet.rect(SPINE, sheet.y, length, BAR, colour, corner=2)
        sheet.text(words, SPINE + length + 12, sheet.y + BAR, NOTE_SIZE, fill=colours.ink2)
        sheet.y += BAR + 8
