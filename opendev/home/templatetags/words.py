"""Words of people in templates: names, titles and questions may be written from right to left beside ours."""

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
    """Return the words with a direction of their own, for a sentence of ours; of none there is no element.

    Args:
        place: the event or the session whose people wrote them, if any did: the words say its language.
    """
    if not words:
        return ""
    language = lang_of(place)
    return (
        format_html("<bdi {}>{}</bdi>", language, words) if language else format_html("<bdi>{}</bdi>", words)
    )


@register.filter
def moment(at: datetime | None, event: Event) -> str:
    """Return day and time in the event's zone, with its name: "1 July 2026, 13:30 Asia/Kolkata"; "" for no moment."""
    return f"{day_words(at.astimezone(event.zone), 'j F Y, H:i')} {event.time_zone}" if at else ""


@register.filter
def told_at(at: str | None, event: Event) -> str:
    """Return the same of a time as JSON has it."""
    return moment(datetime.fromisoformat(at) if at else None, event)


@register.filter
def by_line(session: Session) -> SafeString:
    """Return who leads the session with their companies, each with a direction of their own."""
    return _join_groups(session.groups_of_people())


@register.filter
def by_line_long(session: Session) -> SafeString:
    """Return the same with job titles."""
    return _join_groups(session.groups_of_people(with_jobs=True))


@register.filter
def in_a_row(row: object, names: str = "") -> SafeString:
    """Return some words with commas between them, each with a direction of its own; empty ones are left out.

    Args:
        row: a list of words, or a dict of which `names` says the words, with blanks between the names. A `country` is
            its code there, and is shown by its name.
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
