"""Sign-ins and sign-outs in the audit log, whichever page they come by."""

from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest

from sessions.audit.models import AuditKind
from sessions.audit.services import record


def note_signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    """Write down who signed in, and how: "link", "first link" or "password"."""
    method = getattr(request, "sign_in_method", "password")
    record(AuditKind.SIGNED_IN, caller=user.pk, subject=f"user {user.pk}", method=method)


def note_signed_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    """Write down who signed out; nobody does who was not signed in."""
    if user is not None:
        record(AuditKind.SIGNED_OUT, caller=user.pk, subject=f"user {user.pk}")


def connect() -> None:
    """Have Django tell of each sign-in and sign-out. Nothing but the log is written there."""
    user_logged_in.connect(note_signed_in, dispatch_uid="opendev.home.sign_in_log")
    user_logged_out.connect(note_signed_out, dispatch_uid="opendev.home.sign_in_log")
