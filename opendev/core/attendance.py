"""Who is asking: one value for signed-in people, attendees with a cookie, and holders of a token.

A *pass* is what an attendee's device carries, in its HttpOnly cookie or as a bearer token:

    <event id>.<attendee id>.<expiry, unix seconds>.<device secret>.<hmac>

The device secret (128 random bits) is in the pass and nowhere else; the server checks the HMAC and needs no database
to know the attendee. Ballots are stored under a key that only a holder of the device secret can compute
(docs/privacy.md).
"""

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass, field
from functools import lru_cache

from django.conf import settings

PASS_LIFETIME_S = 30 * 24 * 3600
MAX_PASS_LENGTH = 200


@dataclass(frozen=True, slots=True)
class AttendeePass:
    """An attendee of one event on one device."""

    event_id: int
    attendee_id: int
    device_secret: str
    expires_at: int

    @property
    def issued_at(self) -> int:
        """When the pass was made, in seconds since 1970."""
        return self.expires_at - PASS_LIFETIME_S

    def ballot_secret(self, poll_id: int) -> bytes:
        """Return the secret under which this device's answer to one poll is stored: HMAC(device secret, poll id)."""
        return hmac.digest(self.device_secret.encode(), b"poll:%d" % poll_id, "sha256")


READ, MODERATE, ORGANISE = "read", "moderate", "organise"  # each includes those before it


@dataclass(frozen=True, slots=True)
class TokenLimits:
    """The most that an API token gives of what its user may: a scope, and one event or all of them (None)."""

    scope: str = ORGANISE
    event_id: int | None = None

    def reaches(self, event_id: int) -> bool:
        """Return True if the token has rights in an event."""
        return self.event_id in {None, event_id}


NO_LIMITS = TokenLimits()


@dataclass(frozen=True, slots=True)
class Ground:
    """The credential behind an open socket: an API token by its id, or a browser's sign-in by its cookie.

    A page or a REST call proves its sign-in each time; a socket proves it once and then stays open for hours. So
    the socket remembers its ground, which is checked again with each action and every second (docs/roles.md).
    """

    kind: str  # API_TOKEN or SIGN_IN
    key: str = field(repr=False)
    user_id: int
    limits: TokenLimits = NO_LIMITS


API_TOKEN, SIGN_IN = "api_token", "sign_in"


@dataclass(frozen=True, slots=True)
class Caller:
    """The sender of a request: perhaps signed in, perhaps an attendee, perhaps both, perhaps neither.

    `ground` is set if the sign-in was proved some time ago, so that it has to be checked again. `limits` are those of
    the API token, if one was sent.
    """

    user_id: int | None = None
    attendee: AttendeePass | None = None
    ground: Ground | None = None
    limits: TokenLimits = NO_LIMITS

    def attendee_of(self, event_id: int) -> AttendeePass | None:
        """Return the pass when it belongs to this event."""
        return self.attendee if self.attendee and self.attendee.event_id == event_id else None


NOBODY = Caller()


@lru_cache
def _signing_keys(secret_key: str, fallbacks: tuple[str, ...]) -> tuple[bytes, ...]:
    return tuple(
        hashlib.sha256(b"attendee-pass:" + key.encode()).digest() for key in (secret_key, *fallbacks)
    )


def _keys() -> tuple[bytes, ...]:
    return _signing_keys(settings.SECRET_KEY, tuple(settings.SECRET_KEY_FALLBACKS))


def _signature(key: bytes, body: str) -> str:
    return hmac.new(key, body.encode(), "sha256").hexdigest()


def new_pass(event_id: int, attendee_id: int) -> AttendeePass:
    """Return a pass with a fresh device secret, valid for 30 days."""
    return AttendeePass(event_id, attendee_id, secrets.token_hex(16), int(time.time()) + PASS_LIFETIME_S)


def sign_pass(attendee_pass: AttendeePass) -> str:
    """Return the text that the device keeps."""
    whole = attendee_pass
    body = f"{whole.event_id}.{whole.attendee_id}.{whole.expires_at}.{whole.device_secret}"
    return f"{body}.{_signature(_keys()[0], body)}"


def read_pass(text: str) -> AttendeePass | None:
    """Return the signed pass, or None if it is forged, incomplete or expired."""
    if len(text) > MAX_PASS_LENGTH or not text.isascii():
        return None
    body, _, signature = text.rpartition(".")
    if not any(hmac.compare_digest(_signature(key, body), signature) for key in _keys()):
        return None
    event_id, attendee_id, expires_at, device_secret = body.split(".")
    if int(expires_at) < time.time():
        return None
    return AttendeePass(int(event_id), int(attendee_id), device_secret, int(expires_at))


def pass_cookie_name(event_id: int) -> str:
    """Return the cookie's name: one cookie per event, so that a device can attend several."""
    return f"attendee-{event_id}"
