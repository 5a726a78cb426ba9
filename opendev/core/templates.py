"""Reads the page templates of `opendev/templates`."""

import re

from django.template.base import Origin
from django.template.loaders import filesystem

# Text from an author or a visitor keeps its spaces, and so does a text area.
VERBATIM = re.compile(r"(<(?:pre|textarea)\b.*?</(?:pre|textarea)>)", re.DOTALL)
INDENT = re.compile(r"\n\s+")


class Loader(filesystem.Loader):
    """Remove the newline at the end of a file, and the indentation of its lines.

    Every file ends with a newline, and many are included in the middle of a sentence, where it would show as a space.
    The indentation is for people who edit the template: it is a seventh of a room's page, and a tenth when
    compressed.
    """

    def get_contents(self, origin: Origin) -> str:
        return without_indents(str(super().get_contents(origin)).removesuffix("\n"))


def without_indents(source: str) -> str:
    """Return a template's source without the spaces at the start of its lines, and without empty lines."""
    pieces = VERBATIM.split(source)
    return "".join(
        INDENT.sub("\n", piece) if number % 2 == 0 else piece for number, piece in enumerate(pieces)
    )
