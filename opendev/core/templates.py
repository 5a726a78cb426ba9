"""Reads the page templates of `opendev/templates`."""

from django.template.base import Origin
from django.template.loaders import filesystem


class Loader(filesystem.Loader):
    """Leave out the line end that closes a file.

    Every file ends with one, and many are included in the middle of a sentence, where it would show as a space.
    """

    def get_contents(self, origin: Origin) -> str:
        return str(super().get_contents(origin)).removesuffix("\n")
