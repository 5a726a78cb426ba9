"""Marks of footnotes in a recap."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from opendev.recap.reading import Words

register = template.Library()


@register.simple_tag
def note_mark(words: Words | str) -> SafeString | str:
    """Return the mark that leads to the source of a text, "" if the next text has it.

    It is not a template: files end with a line break, which shows as a space, and Chinese has none between sentences.
    """
    if isinstance(words, str) or not words.footnote:
        return ""
    return format_html(
        '<sup class="note-mark"><a href="#source-{}" title="{}" aria-label="{}">{}</a></sup>',
        words.footnote,
        words.source.label,
        _("Source %(number)s: %(source)s") % {"number": words.footnote, "source": words.source.label},
        words.footnote,
    )
