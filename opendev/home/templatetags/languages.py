"""The language switch at the bottom of a page."""

from typing import NamedTuple

from django import template
from django.conf import settings
from django.utils.translation import get_language

from opendev.core.languages import ASKED, direction

register = template.Library()


class Choice(NamedTuple):
    """A language with its own name, its direction, the address that chooses it, and whether it is the page's."""

    code: str
    name: str
    direction: str
    address: str
    is_current: bool


@register.simple_tag(takes_context=True)
def language_choices(context: template.Context) -> list[Choice]:
    """Return the languages on offer; none if there is only one, or if the page cannot be requested again."""
    request = context.get("request")
    if len(settings.LANGUAGES) < 2 or request is None or request.method not in {"GET", "HEAD"}:
        return []
    query = request.GET.copy()
    choices = []
    for code, name in settings.LANGUAGES:
        query[ASKED] = code
        choices.append(Choice(code, name, direction(code), f"?{query.urlencode()}", code == get_language()))
    return choices
