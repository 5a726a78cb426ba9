"""The grounds of open sockets, and whether they are still valid."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from opendev.core.attendance import API_TOKEN, SIGN_IN, Caller, Ground
from opendev.core.cookie_store import SessionStore
from opendev.core.text import clean_id
from sessions.access.models import ApiToken, SignIn
from sessions.access.tokens import hash_token

# Keys in a sign-in's data: when it began, and when it was last used, to within five minutes.
BEGAN_AT, SEEN_AT = "began_at", "seen_at"
FACTORS = ("totp", "webauthn")  # recovery codes alone do not count


def is_over(store: SessionBase, now: datetime) -> bool:
    """Return True if a sign-in was not used for SIGN_IN_IDLE_MINUTES, or began 14 days ago (SESSION_COOKIE_AGE).

    A sign-in from an earlier version, which recorded neither, only ends with its cookie.
    """
    seen_at, began_at = store.get(SEEN_AT), store.get(BEGAN_AT)
    is_idle = seen_at is not None and now.timestamp() - seen_at > 60 * settings.SIGN_IN_IDLE_MINUTES
    is_old = began_at is not None and now.timestamp() - began_at > settings.SESSION_COOKIE_AGE
    return is_idle or is_old


def has_factor(user_id: int) -> bool:
    """Return True if the user has an authenticator app or a key."""
    return User.objects.filter(pk=user_id, authenticator__type__in=FACTORS).exists()


def sign_ins_of(user_id: int | None) -> list[SignIn]:
    """Return the browsers in which somebody is signed in, the most recently used first."""
    return list(SignIn.objects.filter(user=user_id).order_by("-seen_at"))


def ground_of_token(token: str, now: datetime) -> Ground | None:
    """Return the ground of an API token, or None if it is unknown, expired or revoked."""
    row = ApiToken.objects.filter(
        token_hash=hash_token(token), revoked_at__isnull=True, expires_at__gt=now, user__is_active=True
    ).first()
    return Ground(API_TOKEN, str(row.pk), row.user_id, row.limits) if row else None


def ground_of_cookie(session_key: str) -> Ground | None:
    """Return the ground of a sign-in cookie, or None if nobody is signed in with it.

    Like Django's `get_user`, but without writing: that one gives a sign-in under an old secret key a new cookie, which
    a socket cannot send to the browser.
    """
    store = SessionStore(session_key or None)
    is_ours = store.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
    if not is_ours or is_over(store, timezone.now()):
        return None
    user = User.objects.filter(pk=clean_id(store.get(SESSION_KEY), field="user"), is_active=True).first()
    if user is None:
        return None
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    kept = store.get(HASH_SESSION_KEY) or ""
    is_same = any(constant_time_compare(kept, valid) for valid in hashes)
    return Ground(SIGN_IN, session_key, user.pk) if is_same else None


def lasting_grounds(grounds: Iterable[Ground], now: datetime) -> frozenset[Ground]:
    """Return the grounds that are still valid: two queries per sign-in, one for all tokens."""
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
    """Return True if the caller is signed in, and an open socket's ground is still valid."""
    if caller.user_id is None:
        return False
    return caller.ground is None or bool(lasting_grounds([caller.ground], now))


API_TOKEN_PREFIX = "odc_"  # noqa: S105  # the beginning of every token, not one


def find_api_token(token: str, now: datetime) -> ApiToken | None:
    """Return the API token with its user, or None if it is unknown, expired or revoked."""
    rows = ApiToken.objects.select_related("user").filter(
        token_hash=hash_token(token), revoked_at__isnull=True, expires_at__gt=now, user__is_active=True
    )
    return rows.first()


def api_tokens_of(user_id: int) -> list[ApiToken]:
    """Return the user's tokens that have not been revoked, newest first."""
    return list(ApiToken.objects.filter(user=user_id, revoked_at__isnull=True).order_by("-created_at"))
