"""The language of texts by people of an event, if it is not the page's (WCAG 3.1.2)."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from opendev.core.languages import is_foreign, language_name

register = template.Library()


@register.filter
def lang_of(place: object) -> SafeString | str:
    """Return the attribute `lang` for texts by an event's or a session's people; "" if it is the page's language.

    Their direction is determined from the text itself, by `bdi`, `dir="auto"` or the style sheet.
    """
    tag = getattr(place, "content_language", "")
    return format_html('lang="{}"', tag) if tag and is_foreign(tag) else ""


@register.filter
def named_language(words: str) -> str:
    """Return the name of a language in the reader's language, from its name or code in a schedule or a form."""
    return language_name(words)
