"""Limits of sign-in by network and by account, including django-allauth's own views that take a code."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.stagekit import unstash_login
from allauth.account.signals import login_code_rejected
from allauth.mfa.signals import authentication_failed
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from opendev.core.errors import TooOften
from opendev.core.limits import check_address, check_failures, count_failure
from opendev.home.passwords import account_key
from sessions.audit.models import AuditKind
from sessions.audit.services import record

View = Callable[..., HttpResponseBase]


def limited(view: View) -> View:
    """Wrap a view of sign-in: each POST counts against its network, and against its account.

    Raises:
        TooOften
    """

    @never_cache
    @sensitive_post_parameters()
    @wraps(view)
    def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST":
            user = _user_of(request)
            try:
                check_address("sign_in", request)
                if user is not None:
                    check_failures("account", account_key(user.get_username()))
            except TooOften:
                subject = f"user {user.pk}" if user else "no such user"
                record(AuditKind.SIGN_IN_REFUSED, caller=None, subject=subject, method="code")
                raise
        return view(request, *args, **kwargs)

    return counted


def _user_of(request: HttpRequest) -> User | None:
    """Return the user who is signed in, or is about to be: a code or a second factor may still be missing."""
    if isinstance(request.user, User):
        return request.user
    login = unstash_login(request, peek=True)
    return login.user if login and isinstance(login.user, User) else None


def note_wrong_code(user: User, **_: Any) -> None:
    """Count a wrong code against the account, like a wrong password, and record it."""
    count_failure("account", account_key(user.get_username()))
    record(AuditKind.SIGN_IN_FAILED, caller=None, subject=f"user {user.pk}", method="code")


def note_wrong_factor(user: User, **_: Any) -> None:
    """The same for a wrong second factor."""
    count_failure("account", account_key(user.get_username()))
    record(AuditKind.SIGN_IN_FAILED, caller=None, subject=f"user {user.pk}", method="second factor")


def connect() -> None:
    """Subscribe to allauth's signals of wrong codes."""
    login_code_rejected.connect(note_wrong_code, dispatch_uid="opendev.home.accounts.code")
    authentication_failed.connect(note_wrong_factor, dispatch_uid="opendev.home.accounts.factor")
