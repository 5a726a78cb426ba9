"""The parts of a session's pages that are the same for everybody, rendered once instead of per visitor."""

from collections.abc import Mapping
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.template.loader import get_template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from opendev.core.languages import Counted
from polls.kinds import KINDS, Kind
from polls.kinds.other import TEXTS as OTHER_TEXTS
from polls.kinds.right_answers import TEXTS
from sessions.programme.models import Session

register = template.Library()

KEPT = 256  # parts; a room has two, of some 15 KB each
TOKEN = "the-token-of-whoever-opens-this-page"  # noqa: S105  # placeholder in the cached text for each visitor's own

FIELD = f'<input type="hidden" name="csrfmiddlewaretoken" value="{TOKEN}">'


class Facts(NamedTuple):
    """Everything that these parts may depend on, which is also their cache key."""

    event: str
    time_zone: str
    session: str
    moderator: str
    recording: str
    language: str
    has_recap: bool


@register.simple_tag(takes_context=True)
def blanks(context: template.Context, name: str) -> SafeString:
    """Return the template's text. It gets the session's `Facts` and nothing else of the page.

    A room's empty rows and sentences are two fifths of its markup, and took as much of its time (docs/adr/0024).
    """
    session: Session = context["session"]
    event = session.event
    facts = Facts(
        event.slug,
        event.time_zone,
        session.slug,
        session.moderator_first_name,
        session.recording_url,
        session.content_language,
        bool(context.get("has_recap")),
    )
    make = _made.__wrapped__ if settings.DEBUG else _made
    text = make(name, get_language(), facts)
    if TOKEN in text:  # otherwise no token is requested, and so no cookie is set
        token = str(context["csrf_token"])  # none on a shared page (docs/adr/0044)
        text = text.replace(TOKEN, token) if token else text.replace(FIELD, "")
    return SafeString(text)  # from templates, which escape


@register.simple_tag
def poll_kinds() -> list[Kind]:
    """Return the kinds of polls, with what the script needs."""
    return list(KINDS.values())


@register.simple_tag
def right_texts() -> Mapping[str, Any]:
    """Return the sentences about a right answer and about "Other", which the script also uses."""
    return {**TEXTS, **OTHER_TEXTS}


@register.filter
def script_texts(texts: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return sentences for the script by their keys; one with a number has a key for each plural form."""
    pairs: list[tuple[str, Any]] = []
    for key, text in texts.items():
        forms = text.forms() if isinstance(text, Counted) else {}
        pairs += [(f"{key}_{name}", form) for name, form in forms.items()] or [(key, text)]
    return pairs


@register.simple_tag
def counted(key: str, singular: str, plural: str) -> SafeString:
    """Return the sentence of each plural form for the script, which fills in {count}."""
    sentences = script_texts({key: Counted(singular, plural)})
    return format_html_join("\n", '<i data-text="{}">{}</i>', sentences)


@register.simple_tag
def places_to(most: int | str) -> list[str]:
    """Return the places in a select, as texts; none for a row that the script will fill."""
    return [str(place) for place in range(1, most + 1)] if isinstance(most, int) else []


@lru_cache(maxsize=KEPT)
def _made(name: str, _language: str | None, facts: Facts) -> str:
    """Return the text in the active language."""
    given: dict[str, Any] = {
        "event": SimpleNamespace(
            slug=facts.event,
            time_zone=facts.time_zone,
            zone=ZoneInfo(facts.time_zone),
        ),
        "has_recap": facts.has_recap,
        "session": SimpleNamespace(
            slug=facts.session,
            moderator_first_name=facts.moderator,
            recording_url=facts.recording,
            content_language=facts.language,
        ),
        "csrf_token": TOKEN,
    }
    return get_template(name).render(given)
