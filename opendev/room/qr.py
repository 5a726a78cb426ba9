"""QR codes as inline SVG, without style attributes, which the content security policy would drop."""

from functools import lru_cache
from itertools import groupby

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

BORDER = 4  # the quiet zone that scanners need, in modules (ISO/IEC 18004)


def qr_svg(address: str) -> SafeString:
    """Return the picture of an address, as a `<svg class="qr">` element with a text alternative."""
    return _kept_qr(address, get_language())


@lru_cache(maxsize=256)
def _kept_qr(address: str, _language: str | None) -> SafeString:
    return draw_qr(address)


def draw_qr(address: str) -> SafeString:
    """Return the same picture without caching it, for one-time addresses."""
    rows = [list(row) for row in segno.make(address, error="m").matrix_iter(border=BORDER)]
    return format_html(
        '<svg class="qr" width="200" height="200" viewBox="0 0 {size} {size}" role="img"'
        ' aria-label="{label}" shape-rendering="crispEdges">'
        '<path d="{path}"/></svg>',
        size=len(rows),
        label=_("QR code for %(address)s") % {"address": address},
        path=_path(rows),
    )


def _path(rows: list[list[int]]) -> str:
    """Return the dark runs of modules as SVG path commands, each from the start of the last: half the bytes."""
    path, x_before, y_before = "", 0, 0
    for y, row in enumerate(rows):
        x = 0
        for is_dark, run in groupby(row):
            length = len(list(run))
            if is_dark:
                path += f"m{x - x_before} {y - y_before}h{length}v1h-{length}z"
                x_before, y_before = x, y
            x += length
    return path
