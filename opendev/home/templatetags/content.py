"""The language of what people of an event wrote, where it is not the page's (WCAG 3.1.2)."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from opendev.core.languages import is_foreign, language_name

register = template.Library()


@register.filter
def lang_of(place: object) -> SafeString | str:
    """Return the attribute `lang` for words of an event's or a session's people; "" where the page has their language.

    Which way they run is said by `bdi`, `dir="auto"` or the style sheet, by the words themselves.
    """
    tag = getattr(place, "content_language", "")
    return format_html('lang="{}"', tag) if tag and is_foreign(tag) else ""


@register.filter
def named_language(words: str) -> str:
    """Return the name of a language in the reader's, from what a schedule or a form calls it."""
    return language_name(words)
