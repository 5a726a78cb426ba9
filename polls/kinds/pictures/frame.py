"""The frame around every picture: question and result in words above it, the number of voters and the source below."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from polls.kinds.pictures.sheet import (
    END,
    FONTS,
    MARGIN,
    PALETTES,
    WIDTH,
    Sheet,
    in_attribute,
    in_xml,
    number,
)

LABEL_SIZE, SUMMARY_SIZE, FOOT_SIZE = 24, 28, 22
QUESTION_SIZES = ((80, 46), (160, 38), (10_000, 32))  # up to this many characters: the size
ROOM = END - MARGIN


@dataclass(frozen=True, slots=True)
class Caption:
    """The texts of a picture, in the reader's language.

    Attributes:
        label: which poll it is, and a remark about its state.
        summary: the result in lines of text.
        counted: how many people voted.
        remarks: remarks about the figures.
        source: event, session and date.
        rows: the result as lines, for people who cannot see the picture.
        language: a BCP 47 tag.
    """

    label: str
    question: str
    summary: Sequence[str]
    counted: str
    remarks: Sequence[str]
    source: str
    rows: Sequence[str]
    language: str = "en"
    is_mirrored: bool = False
    theme: str = "light"


def draw_picture(caption: Caption, draw: Callable[[Sheet], None]) -> str:
    """Return the SVG document of a picture whose middle is drawn by `draw`."""
    colours = PALETTES[caption.theme]
    sheet = Sheet(colours, is_mirrored=caption.is_mirrored)
    _write_head(sheet, caption)
    draw(sheet)
    _write_foot(sheet, caption)
    height = sheet.y + MARGIN
    view = f'width="{WIDTH}" height="{number(height)}" viewBox="0 0 {WIDTH} {number(height)}"'
    title, described = (
        in_xml(caption.question),
        in_xml(" ".join([*caption.summary, caption.counted, *caption.rows])),
    )
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<svg xmlns="http://www.w3.org/2000/svg" {view} role="img" aria-labelledby="title"'
            f' aria-describedby="desc" xml:lang={in_attribute(caption.language)} font-family="{FONTS}">',
            f'<title id="title">{title}</title>',
            f'<desc id="desc">{described}</desc>',
            f'<rect width="{WIDTH}" height="{number(height)}" fill="{colours.paper}"/>',
            *sheet.shapes,
            "</svg>\n",
        ]
    )


def _write_head(sheet: Sheet, caption: Caption) -> None:
    ink2 = sheet.colours.ink2
    if caption.label:
        sheet.paragraph(caption.label, MARGIN, ROOM, LABEL_SIZE, fill=ink2, bold=True)
        sheet.y += 8
    size = next(size for most, size in QUESTION_SIZES if len(caption.question) <= most)
    sheet.paragraph(caption.question, MARGIN, ROOM, size, bold=True)
    for line in caption.summary:
        sheet.y += 8
        sheet.paragraph(line, MARGIN, ROOM, SUMMARY_SIZE, fill=ink2)
    sheet.y += 36


def _write_foot(sheet: Sheet, caption: Caption) -> None:
    colours = sheet.colours
    sheet.y += 36
    sheet.line((MARGIN, sheet.y), (END, sheet.y), colours.rule)
    sheet.y += 16
    sheet.paragraph(caption.counted, MARGIN, ROOM, FOOT_SIZE, bold=True)
    for words in (*caption.remarks, caption.source):
        sheet.paragraph(words, MARGIN, ROOM, FOOT_SIZE, fill=colours.ink2)
