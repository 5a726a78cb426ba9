"""Records allauth's and Django's signals of sign-ins, for the audit log and the user's list of sign-ins."""

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest
from django.utils import timezone

from opendev.core.audit import current_network
from opendev.core.cookie_store import hash_key
from opendev.home.accounts.middleware import MOST_BROWSER_WORDS
from sessions.access.selectors import BEGAN_AT, SEEN_AT
from sessions.access.services import forget_sign_in, note_seen
from sessions.audit.models import AuditKind
from sessions.audit.services import record


def note_signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    """Record who signed in and how, such as "password+totp", and keep the sign-in for their list."""
    records = get_authentication_records(request, user)
    method = "+".join(str(one.get("type") or one["method"]) for one in records)
    record(AuditKind.SIGNED_IN, caller=user.pk, subject=f"user {user.pk}", method=method or None)
    now = timezone.now()
    request.session[BEGAN_AT] = request.session[SEEN_AT] = now.timestamp()
    if request.session.session_key:
        note_seen(
            user_id=user.pk,
            key_hash=hash_key(request.session.session_key),
            network=current_network.get(),
            browser=request.headers.get("User-Agent", "")[:MOST_BROWSER_WORDS],
            now=now,
        )


def note_signed_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    """Record who signed out, unless nobody was signed in."""
    if user is not None:
        record(AuditKind.SIGNED_OUT, caller=user.pk, subject=f"user {user.pk}")
        forget_sign_in(key_hash=hash_key(request.session.session_key or ""))


def note_factor_added(user: User, authenticator: Authenticator, **_: Any) -> None:
    """Record a new second factor."""
    record(AuditKind.FACTOR_ADDED, caller=user.pk, subject=f"user {user.pk}", type=str(authenticator.type))


def note_factor_removed(user: User, authenticator: Authenticator, **_: Any) -> None:
    """Record that a second factor was removed."""
    record(AuditKind.FACTOR_REMOVED, caller=user.pk, subject=f"user {user.pk}", type=str(authenticator.type))


def note_factor_reset(user: User, authenticator: Authenticator, **_: Any) -> None:
    """Record new recovery codes."""
    record(AuditKind.FACTOR_RESET, caller=user.pk, subject=f"user {user.pk}", type=str(authenticator.type))


def connect() -> None:
    """Subscribe to these signals of Django and allauth. They only write records."""
    user_logged_in.connect(note_signed_in, dispatch_uid="opendev.home.signed_in")
    user_logged_out.connect(note_signed_out, dispatch_uid="opendev.home.signed_out")
    authenticator_added.connect(note_factor_added, dispatch_uid="opendev.home.factor_added")
    authenticator_removed.connect(note_factor_removed, dispatch_uid="opendev.home.factor_removed")
    authenticator_reset.connect(note_factor_reset, dispatch_uid="opendev.home.factor_reset")
