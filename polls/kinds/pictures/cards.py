"""Open answers: a card for each, with the number of people if several wrote it."""

from django.utils.translation import ngettext

from polls.kinds.pictures.bars import draw_remark
from polls.kinds.pictures.sheet import BASELINE, END, MARGIN, Sheet
from polls.kinds.pictures.wrapping import width_of
from polls.kinds.tallies import Tally

SIZE = 26
SHOWN = 30  # a picture with more would be far too long
WORDS = MARGIN + 24


def draw_cards(sheet: Sheet, tally: Tally) -> None:
    """Draw the first answers, the most frequent first, and say how many more there are."""
    shown = tally.options[:SHOWN]
    for answer in shown:
        top = sheet.y
        amount = f"\u00d7 {answer.count}" if answer.count > 1 else ""
        room = END - WORDS - (width_of(amount, SIZE, bold=True) + 24 if amount else 0)
        if amount:
            sheet.text(amount, END, top + BASELINE * SIZE, SIZE, bold=True, align="far")
        sheet.paragraph(answer.text, WORDS, room, SIZE, bold=answer.is_picked)
        colour = sheet.colours.data if answer.is_picked else sheet.colours.rule
        sheet.rect(MARGIN, top, 4, sheet.y - top, colour)
        sheet.y += 24
    if more := tally.different - len(shown):
        words = ngettext("and %(count)s more answer", "and %(count)s more answers", more) % {"count": more}
        draw_remark(sheet, words)
