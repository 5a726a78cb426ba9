"""One-time sign-in links, and API tokens."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AbstractBaseUser, User
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import ORGANISE, Caller
from opendev.core.cookie_store import SessionStore
from opendev.core.errors import Malformed, NotFound
from opendev.core.text import MAX_NAME_LENGTH, clean_line, clean_word
from sessions.access.models import ApiToken, SignIn, SignInLink
from sessions.access.selectors import API_TOKEN_PREFIX
from sessions.access.tokens import hash_token
from sessions.audit.models import AuditKind
from sessions.audit.services import record

SIGN_IN_LINK_LASTS = timedelta(hours=24)


class LinkIsSpent(NotFound):
    code, message = (
        "link_is_spent",
        _("This sign-in link has already been used or has expired. Ask for a new one."),
    )


@transaction.atomic
def make_sign_in_link(
    *,
    user: AbstractBaseUser,
    now: datetime,
    caller: Caller | None = None,
    lasts: timedelta = SIGN_IN_LINK_LASTS,
) -> str:
    """Return the token of a new link that signs `user` in once, within 24 hours unless `lasts` says otherwise.

    Args:
        caller: who asked for it; None for a command.
    """
    token = secrets.token_urlsafe(24)
    record(AuditKind.SIGN_IN_LINK_MADE, caller=caller, subject=f"user {user.pk}")
    SignInLink.objects.filter(expires_at__lt=now).delete()
    SignInLink.objects.create(user_id=user.pk, token_hash=hash_token(token), expires_at=now + lasts)
    return token


def find_sign_in_link(*, token: str, now: datetime) -> SignInLink:
    """Return the link that would sign in, without spending it.

    Raises:
        LinkIsSpent: unknown, used or expired.
    """
    link = SignInLink.objects.select_related("user").filter(token_hash=hash_token(token)).first()
    if link is None or link.spent_at is not None or link.expires_at < now or not link.user.is_active:
        raise LinkIsSpent
    return link


@transaction.atomic
def spend_sign_in_link(*, token: str, now: datetime) -> User:
    """Spend the link and return the user whom it signs in; if two people press at once, only one gets in.

    Raises:
        LinkIsSpent: unknown, used or expired.
    """
    link = find_sign_in_link(token=token, now=now)
    if not SignInLink.objects.filter(pk=link.pk, spent_at__isnull=True).update(spent_at=now):
        raise LinkIsSpent
    return link.user


@transaction.atomic
def make_api_token(
    *,
    user: AbstractBaseUser,
    name: str,
    lasts: timedelta,
    now: datetime,
    scope: str = ORGANISE,
    event_id: int | None = None,
) -> str:
    """Return a new token with which a program acts as `user`. It is not stored and cannot be shown again.

    Args:
        scope: "read", "moderate" or "organise": the most that the token allows.
        event_id: the only event that it is for; None for all.

    Raises:
        Malformed: an invalid name, lifetime or scope.
    """
    if lasts <= timedelta(0):
        sentence = _("A token must be valid for some time.")
        raise Malformed(sentence, fields={"expires": sentence})
    token = API_TOKEN_PREFIX + secrets.token_urlsafe(30)
    made = ApiToken.objects.create(
        user_id=user.pk,
        name=clean_line(name, field="name", most=MAX_NAME_LENGTH, required=False),
        token_hash=hash_token(token),
        created_at=now,
        expires_at=now + lasts,
        scope=clean_word(scope, field="scope", choices=ApiToken.Scope.values),
        event=event_id,
    )
    about: dict[str, int | str] = {"days": lasts.days, "scope": made.scope}
    record(AuditKind.TOKEN_MADE, caller=user.pk, subject=f"token {made.pk}", event_id=event_id, **about)
    return token


@transaction.atomic
def revoke_api_token(*, token_id: int, caller: Caller, now: datetime) -> None:
    """Revoke one of the caller's tokens. Repeating it does nothing.

    Raises:
        NotFound: the caller has no such token.
    """
    token = ApiToken.objects.filter(pk=token_id, user=caller.user_id).first()
    if token is None:
        raise NotFound
    if ApiToken.objects.filter(pk=token_id, revoked_at__isnull=True).update(revoked_at=now):
        record(AuditKind.TOKEN_REVOKED, caller=caller, subject=f"token {token_id}")


@transaction.atomic
def note_seen(*, user_id: int, key_hash: str, network: str, browser: str, now: datetime) -> None:
    """Record that a sign-in is used now, for its owner's list; delete those whose cookies have expired."""
    seen = {"seen_at": now, "network": network, "browser": browser}
    is_known = SignIn.objects.filter(key_hash=key_hash, user=user_id).update(**seen)
    if not is_known:
        SignIn.objects.filter(seen_at__lt=now - timedelta(seconds=settings.SESSION_COOKIE_AGE)).delete()
        SignIn.objects.update_or_create(
            key_hash=key_hash, defaults={"user_id": user_id, "began_at": now, **seen}
        )


@transaction.atomic
def forget_sign_in(*, key_hash: str) -> None:
    """Remove a sign-in that its owner ended from the list."""
    SignIn.objects.filter(key_hash=key_hash).delete()


@transaction.atomic
def end_sign_ins(*, user_id: int, caller: Caller, only: int | None = None, but: str = "") -> int:
    """End sign-ins of a user; their pages and sockets end within two seconds. Return how many there were.

    Args:
        only: the id of one in the user's list; None for all, including those that are not in it yet.
        but: the hash of the caller's own cookie, which stays valid.
    """
    rows = SessionStore.get_model_class().objects
    if only is not None:
        hashes = list(SignIn.objects.filter(pk=only, user=user_id).values_list("key_hash", flat=True))
    else:
        hashes = [
            row.session_key for row in rows.iterator() if row.get_decoded().get(SESSION_KEY) == str(user_id)
        ]
    hashes = [key for key in hashes if key != but]
    SignIn.objects.filter(user=user_id, key_hash__in=hashes).delete()
    ended, _by_model = rows.filter(session_key__in=hashes).delete()
    if ended:
        record(AuditKind.SIGN_IN_ENDED, caller=caller, subject=f"user {user_id}", sign_ins=ended)
    return ended
