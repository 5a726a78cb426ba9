"""Rooms as their visitors meet them: by page and by socket."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from django.test import Client

from opendev.core import limits
from opendev.core.attendance import AttendeePass, pass_cookie_name, sign_pass
from opendev.room import lifespan
from polls.models import Poll
from sessions.programme.models import Session
from tests.core.asgi import PUBLIC_ORIGIN
from tests.factories import make_attendee, make_poll, make_session, options_of
from tests.factories.databases import committing_sqlite

__all__ = ["committing_sqlite"]


@pytest.fixture(autouse=True)
def counts_of_tries_begin_anew() -> None:
    """They are kept in memory by attendee, and rolled-back attendees leave their ids to the next test."""
    limits.forget_all()


@pytest.fixture
def public_origin(settings: Any) -> None:
    settings.PUBLIC_URL = PUBLIC_ORIGIN


@pytest.fixture
async def live(committing_sqlite: None, public_origin: None) -> AsyncIterator[None]:
    """All that runs in a serving process besides its requests."""
    await lifespan.start()
    yield
    await lifespan.stop()


@pytest.fixture
def browser_of() -> Callable[..., Client]:
    """`browser_of(attendee)`, `browser_of(user=moderator)`: a client with their cookies; `browser_of()`: a stranger."""

    def make(attendee: AttendeePass | None = None, *, user: Any = None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        if attendee is not None:
            client.cookies[pass_cookie_name(attendee.event_id)] = sign_pass(attendee)
        return client

    return make


@pytest.fixture
def session() -> Session:
    return make_session()


@pytest.fixture
def poll(session: Session) -> Poll:
    """A live poll with the options a, b and c, whose result those see who voted."""
    return make_poll(session)


@pytest.fixture
def options(poll: Poll) -> dict[str, str]:
    """The poll's option ids by their texts, as they travel."""
    return {text: str(pk) for text, pk in options_of(poll).items()}


@pytest.fixture
def ada(session: Session) -> AttendeePass:
    return make_attendee(session)


@pytest.fixture
def bob(session: Session) -> AttendeePass:
    return make_attendee(session)
