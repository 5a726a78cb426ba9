"""What clients of the room's socket do and send."""

import asyncio
from collections.abc import Callable
from typing import Any

from django.db import connections
from django.test import Client

from opendev.core.attendance import AttendeePass, pass_cookie_name, sign_pass
from polls.models import Poll
from sessions.programme.models import Session
from tests.core.asgi import socket


def cookie_of(attendee: AttendeePass) -> str:
    """The Cookie header of the attendee's device."""
    return f"{pass_cookie_name(attendee.event_id)}={sign_pass(attendee)}"


def room_of(
    session: Session, attendee: AttendeePass | None = None, *, link: str | None = None, **more: Any
) -> Any:
    """Open the session's socket, as the device of an attendee or as a visitor, or as an embed with its link."""
    if attendee is not None:
        more["cookie"] = cookie_of(attendee)
    embed = "" if link is None else f"embed/{link}/"
    return at_path(f"/ws/sessions/{session.pk}/{embed}", **more)


def at_path(path: str, **more: Any) -> Any:
    """Open a socket at any address of the product."""
    from opendev.asgi import Sockets  # noqa: PLC0415  # its import looks for the collected static files

    return socket(Sockets(), path, **more)


async def act(work: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
    """Run a service as a request does: in a thread, with a connection of its own."""

    def run() -> Any:
        try:
            return work(*arguments, **more)
        finally:
            connections["default"].close()

    return await asyncio.to_thread(run)


def signed_in_cookie(user: Any) -> str:
    """The Cookie header of a browser in which the user signed in."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return f"sessionid={client.cookies['sessionid'].value}"


def choose(poll: Poll, *options: str, **more: Any) -> dict[str, Any]:
    return {"type": "poll.vote", "ref": 1, "poll": str(poll.pk), "options": list(options), **more}


def withdraw(poll: Poll, **more: Any) -> dict[str, Any]:
    return {"type": "poll.withdraw", "ref": 1, "poll": str(poll.pk), **more}


def counts(frame: dict[str, Any]) -> list[int | None] | None:
    """The counts that a poll or a tally shows; None where it has no options at all."""
    return [option.get("count") for option in frame["options"]] if "options" in frame else None
