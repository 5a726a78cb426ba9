"""The tags that name a page's script and style sheet."""

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from opendev.home import bundles
from opendev.home.static import FLAT_SHEET

register = template.Library()
MODULE = '<script type="module" src="{}"></script>'


@register.simple_tag
def page_styles() -> SafeString:
    """Link the style sheet, or its readable sources with DEBUG."""
    is_bundled = not settings.DEBUG and bundles.is_sheet_current()
    paths = [bundles.sheet_path()] if is_bundled else bundles.sheets()
    return format_html_join("\n", '<link rel="stylesheet" href="{}">', ((static(path),) for path in paths))


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
def preload_script(name: str) -> SafeString:
    """Load the next page's script ahead of need."""
    if settings.DEBUG or not bundles.is_script_current(name):
        return SafeString("")
    return format_html('<link rel="modulepreload" href="{}">', static(bundles.script_path(name)))
