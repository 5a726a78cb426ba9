"""Texts by people in templates: names, titles and questions may be right-to-left within ours."""

from datetime import datetime

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from opendev.core.countries import country_name
from opendev.core.dates import day_words
from opendev.core.punctuation import marks
from opendev.home.templatetags.content import lang_of
from sessions.programme.models import Event, Session

register = template.Library()


@register.filter
def bdi(words: object, place: object = None) -> SafeString | str:
    """Return the text with its own direction, for use in a sentence of ours; an empty text gets no element.

    Args:
        place: the event or the session whose people wrote it, if any: the element gets its language.
    """
    if not words:
        return ""
    language = lang_of(place)
    return (
        format_html("<bdi {}>{}</bdi>", language, words) if language else format_html("<bdi>{}</bdi>", words)
    )


@register.filter
def moment(at: datetime | None, event: Event) -> str:
    """Return date and time in the event's zone, with its name: "1 July 2026, 13:30 Asia/Kolkata"; "" for None."""
    return f"{day_words(at.astimezone(event.zone), 'j F Y, H:i')} {event.time_zone}" if at else ""


@register.filter
def told_at(at: str | None, event: Event) -> str:
    """Return the same for a time in JSON's format."""
    return moment(datetime.fromisoformat(at) if at else None, event)


@register.filter
def by_line(session: Session) -> SafeString:
    """Return the people who lead the session with their companies, each with its own direction."""
    return _join_groups(session.groups_of_people())


@register.filter
def by_line_long(session: Session) -> SafeString:
    """Return the same with job titles."""
    return _join_groups(session.groups_of_people(with_jobs=True))


@register.filter
def in_a_row(row: object, names: str = "") -> SafeString:
    """Return some texts with commas between them, each with its own direction; empty ones are left out.

    Args:
        row: a list of texts, or a dict with `names`, the keys to show, separated by spaces. A `country` is a code
        there, and is shown by its name.
    """
    words = row
    if isinstance(row, dict):
        named = {**row, "country": country_name(row.get("country") or "")}
        words = [named.get(name) for name in names.split()]
    return _join(
        marks().item, [str(word) for word in words if word] if isinstance(words, list | tuple) else []
    )


def _join_groups(groups: list[tuple[list[str], list[str]]]) -> SafeString:
    return _join(
        _(" and "), [_join(marks().comma, [_join(_(" and "), names), *said]) for names, said in groups]
    )


def _join(between: str, parts: list[str]) -> SafeString:
    return format_html_join(
        between, "{}", ((part if isinstance(part, SafeString) else bdi(part),) for part in parts)
    )
