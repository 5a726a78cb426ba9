"""Limits of sign-in by network and by account, also where django-allauth's own views take a code."""

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
    """Wrap a view of sign-in: each post counts against its network, and against the account that it is about.

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
    """Return who is signed in, or half of the way there: they have yet to give a code or a second factor."""
    if isinstance(request.user, User):
        return request.user
    login = unstash_login(request, peek=True)
    return login.user if login and isinstance(login.user, User) else None


def note_wrong_code(user: User, **_: Any) -> None:
    """Count a wrong code against the account, as a wrong password, and write it down."""
    count_failure("account", account_key(user.get_username()))
    record(AuditKind.SIGN_IN_FAILED, caller=None, subject=f"user {user.pk}", method="code")


def note_wrong_factor(user: User, **_: Any) -> None:
    """The same for a wrong second factor."""
    count_failure("account", account_key(user.get_username()))
    record(AuditKind.SIGN_IN_FAILED, caller=None, subject=f"user {user.pk}", method="second factor")


def connect() -> None:
    """Ask allauth to tell of wrong codes."""
    login_code_rejected.connect(note_wrong_code, dispatch_uid="opendev.home.accounts.code")
    authentication_failed.connect(note_wrong_factor, dispatch_uid="opendev.home.accounts.factor")
