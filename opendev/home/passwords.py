"""Sign-in by password, wherever it is asked for: `/sign-in/`, the admin's own page, and future ones.

Attempts are limited by address. Wrong ones are limited by account too, so that many addresses get no further than one.
Users locked out by that can still sign in by link. The log records successful and failed sign-ins, but no secrets.
"""

import logging
import unicodedata
from hashlib import blake2b
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from opendev.core.errors import TooOften
from opendev.core.limits import check_address, check_failures, count_failure
from sessions.audit.models import AuditKind
from sessions.audit.services import record

log = logging.getLogger("opendev.sign_in")


class LimitedPasswords(ModelBackend):
    """Django's backend with limits."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **more: Any,
    ) -> User | None:
        """Return the user with this password.

        Raises:
            TooOften: too many attempts from this address, or too many wrong ones for this account.
            PermissionDenied: it is wrong; Django then asks no other backend.
        """
        if username is None or password is None:
            return None
        account = account_key(username)
        try:
            if request is not None:
                check_address("sign_in", request)
            check_failures("account", account)
        except TooOften:
            log.warning("A try to sign in by password was refused, after too many: %s.", _name(username))
            record(AuditKind.SIGN_IN_REFUSED, caller=None, subject=_name(username), method="password")
            raise
        user = super().authenticate(request, username=username, password=password, **more)
        if user is None:
            count_failure("account", account)
            log.warning("A try to sign in by password failed: %s.", _name(username))
            record(AuditKind.SIGN_IN_FAILED, caller=None, subject=_name(username), method="password")
            raise PermissionDenied
        log.info("User %s gave their password.", user.pk)
        return user


def account_key(username: str) -> str:
    """Return the key for counting an account's attempts, whatever the letter case, even if nobody has that name."""
    name = unicodedata.normalize("NFKC", username).casefold()
    return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _name(username: str) -> str:
    """Return who was meant, for the log. An unknown name may be a password in the wrong box: it is not logged."""
    if "\0" in username:
        return "no such user"
    pk = User.objects.filter(username=username).values_list("pk", flat=True).first()
    return "no such user" if pk is None else f"user {pk}"
