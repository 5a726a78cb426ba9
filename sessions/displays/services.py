"""The presenter screen: who may open it, and the links for machines that show it."""

import secrets
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import Caller
from opendev.core.errors import Malformed, NotAllowed, NotFound
from opendev.core.text import MAX_NAME_LENGTH, clean_line, clean_word
from sessions.access.tokens import hash_token
from sessions.audit.models import AuditKind
from sessions.audit.services import record
from sessions.displays.models import DisplayLink
from sessions.displays.selectors import display_by_token
from sessions.programme import selectors
from sessions.programme.broadcasts import session_changed
from sessions.programme.models import Session
from sessions.programme.services.locks import lock_session
from sessions.programme.services.rights import check_moderates


class ScreenIsClosed(NotAllowed):
    code, message = (
        "screen_is_closed",
        _("This presenter screen can be opened with a display link, or by moderators."),
    )


class LinkIsRevoked(NotFound):
    code, message = (
        "link_is_revoked",
        _("This display link no longer works. Ask a moderator for a new one."),
    )


@transaction.atomic
def make_display_link(
    *, session_id: int, caller: Caller, name: Any = "", now: datetime
) -> tuple[DisplayLink, str]:
    """Create a link that opens the session's presenter screen; return it and its token, which is not stored.

    Raises:
        NotFound, NotSignedIn, NotModerator
        Malformed: an invalid name.
    """
    session = _session_of(session_id, caller)
    token = secrets.token_urlsafe(24)
    link = DisplayLink.objects.create(
        session=session,
        name=clean_line(name, field="name", most=MAX_NAME_LENGTH, required=False),
        token_hash=hash_token(token),
        created_at=now,
    )
    _record(AuditKind.DISPLAY_MADE, session, caller, link=link.pk)
    return link, token


@transaction.atomic
def revoke_display_link(*, session_id: int, link_id: int, caller: Caller, now: datetime) -> None:
    """Revoke a display link: its screen closes within two seconds. Repeating it does nothing.

    Raises:
        NotFound: also if the link belongs to another session.
        NotSignedIn, NotModerator
    """
    session = _session_of(session_id, caller)
    links = DisplayLink.objects.filter(pk=link_id, session=session)
    if not links.exists():
        raise NotFound
    if links.filter(revoked_at__isnull=True).update(revoked_at=now):
        _record(AuditKind.DISPLAY_REVOKED, session, caller, link=link_id)


@transaction.atomic
def set_screen_access(*, session_id: int, caller: Caller, is_open: Any) -> Session:
    """Let everybody open the presenter screen by its address, or only displays and moderators.

    Raises:
        NotFound, NotSignedIn, NotModerator
        Malformed: `is_open` is not a boolean.
    """
    session = _session_of(session_id, caller)
    if not isinstance(is_open, bool):
        sentence = _("This must be true or false.")
        raise Malformed(sentence, fields={"open": sentence})
    if session.screen_is_open != is_open:
        session.screen_is_open = is_open
        session.save(update_fields=["screen_is_open"])
        _record(AuditKind.SETTINGS_CHANGED, session, caller, setting="screen", open=is_open)
    return session


@transaction.atomic
def set_screen(*, session_id: int, caller: Caller, shows: Any = None, theme: Any = None) -> Session:
    """Set what the presenter screen shows, and in which colours. None leaves a value unchanged.

    It stays so until a moderator says something else, also when a poll is launched; a session that is over shows its
    end slide whatever was said.

    Args:
        shows: "on_air" (the poll, question or item that is on), "code", "questions" or "blank".
        theme: "dark" or "light".

    Raises:
        NotFound, NotSignedIn, NotModerator
        Malformed: not one of these values.
    """
    session = _session_of(session_id, caller)
    before = session.screen_shows, session.screen_theme
    if shows is not None:
        session.screen_shows = clean_word(shows, field="shows", choices=Session.Shows.values)
    if theme is not None:
        session.screen_theme = clean_word(theme, field="theme", choices=Session.Theme.values)
    if (session.screen_shows, session.screen_theme) != before:
        session.version += 1
        session.save(update_fields=["screen_shows", "screen_theme", "version"])
        session_changed(session)
    return session


def check_opens_screen(*, session: Session, caller: Caller) -> None:
    """Raise unless the caller may open the presenter screen by its plain address.

    Raises:
        ScreenIsClosed
    """
    if not session.screen_is_open and not selectors.moderates(caller, session.pk):
        raise ScreenIsClosed


def find_display_link(*, session_id: int, token: str) -> DisplayLink:
    """Return the link of this session that the token opens.

    Raises:
        LinkIsRevoked: unknown, revoked, or another session's.
    """
    link = display_by_token(session_id, token)
    if link is None:
        raise LinkIsRevoked
    return link


def _record(kind: AuditKind, session: Session, caller: Caller, **details: int | str | bool) -> None:
    record(kind, caller=caller, event_id=session.event_id, subject=f"session {session.pk}", **details)


def _session_of(session_id: int, caller: Caller) -> Session:
    session = lock_session(session_id)
    check_moderates(caller=caller, session_id=session_id)
    return session
