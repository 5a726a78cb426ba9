"""What the sign-in of an open socket rests on, and whether that still holds."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.utils.crypto import constant_time_compare

from opendev.core.attendance import API_TOKEN, SIGN_IN, Caller, Ground
from opendev.core.cookie_store import SessionStore
from opendev.core.text import clean_id
from sessions.access.models import ApiToken
from sessions.access.tokens import hash_token


def ground_of_token(token: str, now: datetime) -> Ground | None:
    """Return the ground that an API token gives, or None where it is unknown, expired or revoked."""
    row = ApiToken.objects.filter(
        token_hash=hash_token(token), revoked_at__isnull=True, expires_at__gt=now, user__is_active=True
    ).first()
    return Ground(API_TOKEN, str(row.pk), row.user_id) if row else None


def ground_of_cookie(session_key: str) -> Ground | None:
    """Return the ground that the cookie of a browser's sign-in gives, or None where nobody is signed in by it.

    As Django's `get_user`, but it writes nothing: that one gives a sign-in under an old secret key a new cookie, which
    a socket cannot hand to the browser.
    """
    store = SessionStore(session_key or None)
    if store.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    user = User.objects.filter(pk=clean_id(store.get(SESSION_KEY), field="user"), is_active=True).first()
    if user is None:
        return None
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    kept = store.get(HASH_SESSION_KEY) or ""
    is_same = any(constant_time_compare(kept, valid) for valid in hashes)
    return Ground(SIGN_IN, session_key, user.pk) if is_same else None


def lasting_grounds(grounds: Iterable[Ground], now: datetime) -> frozenset[Ground]:
    """Return those of the grounds that still hold: two queries a sign-in, one for all tokens."""
    grounds = list(grounds)
    ids = [int(ground.key) for ground in grounds if ground.kind == API_TOKEN]
    tokens: set[int] = set()
    if ids:
        rows = ApiToken.objects.filter(
            pk__in=ids, revoked_at__isnull=True, expires_at__gt=now, user__is_active=True
        )
        tokens = set(rows.order_by().values_list("pk", flat=True))
    return frozenset(
        ground
        for ground in grounds
        if (int(ground.key) in tokens if ground.kind == API_TOKEN else ground_of_cookie(ground.key) == ground)
    )


def is_signed_in(caller: Caller, now: datetime) -> bool:
    """Return True if the caller is signed in, and what an open socket's sign-in rests on still holds."""
    if caller.user_id is None:
        return False
    return caller.ground is None or bool(lasting_grounds([caller.ground], now))


API_TOKEN_PREFIX = "odc_"  # noqa: S105  # the beginning of every token, not one


def user_of_api_token(token: str, now: datetime) -> User | None:
    """Return whom a program with this token acts as, or None when it is unknown, expired or revoked."""
    found = (
        ApiToken.objects.select_related("user")
        .filter(
            token_hash=hash_token(token), revoked_at__isnull=True, expires_at__gt=now, user__is_active=True
        )
        .first()
    )
    return found.user if found else None


def api_tokens_of(user_id: int) -> list[ApiToken]:
    """Return the user's tokens that have not been revoked, newest first."""
    return list(ApiToken.objects.filter(user=user_id, revoked_at__isnull=True).order_by("-created_at"))
