"""The tags that name a page's script and style sheet."""

import re
from functools import lru_cache

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from opendev.home import bundles
from opendev.home.static import FLAT_SHEET

register = template.Library()
SYMBOL = re.compile(r'<symbol id="i-(\w+)".*?</symbol>\s*', re.DOTALL)
MODULE = '<script type="module" src="{}"></script>'


@register.simple_tag
def page_styles(*names: str) -> SafeString:
    """Link style sheets, or their readable sources with DEBUG."""
    paths = [path for name in names for path in _sheet_paths(name)]
    return format_html_join("\n", '<link rel="stylesheet" href="{}">', ((static(path),) for path in paths))


def _sheet_paths(name: str) -> list[str]:
    is_bundled = not settings.DEBUG and bundles.is_sheet_current(name)
    return [bundles.sheet_path(name)] if is_bundled else bundles.sheets_of(name)


@register.simple_tag
def page_script(name: str) -> SafeString:
    """Load a page's script, or its readable modules with DEBUG. The gate finds the flat sheet's address in the tag."""
    if not settings.DEBUG and bundles.is_script_current(name):
        first, modules = bundles.script_path(name), []
    else:
        first, modules = bundles.modules_of("page")[0], bundles.modules_of(name)
    gate = format_html(
        '<script type="module" src="{}" data-flat-sheet="{}"></script>', static(first), static(FLAT_SHEET)
    )
    others = format_html_join("", MODULE, ((static(path),) for path in modules if path != first))
    return format_html("{}{}", gate, others)


@register.simple_tag
def script_address(name: str) -> str:
    """Return the address of a script that a page loads when it is needed. It is one module, even with DEBUG."""
    is_bundled = not settings.DEBUG and bundles.is_script_current(name)
    return static(bundles.script_path(name) if is_bundled else bundles.modules_of(name)[0])


@register.simple_tag
def script_before(name: str) -> SafeString:
    """Load such a script before the page's own."""
    return format_html(MODULE, script_address(name))


@register.simple_tag
def preload_script(name: str) -> SafeString:
    """Load the next page's script in advance."""
    if settings.DEBUG or not bundles.is_script_current(name):
        return SafeString("")
    return format_html('<link rel="modulepreload" href="{}">', static(bundles.script_path(name)))


@register.simple_tag
@lru_cache
def icons(*names: str) -> SafeString:
    """Return the drawings that a page's icons refer to: these, or all of them."""
    drawings = str(render_to_string("partials/icons.html"))
    if names:
        drawings = SYMBOL.sub(lambda symbol: symbol[0] if symbol[1] in names else "", drawings)
    return SafeString(drawings)  # from a template, which escapes
