"""Django's administration, with every change of it in the audit log."""

import json
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache

from sessions.audit.models import AuditKind
from sessions.audit.services import record
from sessions.programme.models import Event
from sessions.programme.selectors import lacks_factor


class Audited:
    """Records additions, changes and deletions in the audit log, in addition to Django's own list."""

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """Note an addition."""
        _record(request, obj, "added", message)
        return super().log_addition(request, obj, message)  # type: ignore[misc]

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """Note a change."""
        _record(request, obj, "changed", message)
        return super().log_change(request, obj, message)  # type: ignore[misc]

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Note what is deleted."""
        for obj in queryset:
            _record(request, obj, "deleted", [])
        return super().log_deletions(request, queryset)  # type: ignore[misc]


def _record(request: HttpRequest, obj: Model, what: str, message: Any) -> None:
    event_id = obj.pk if isinstance(obj, Event) else getattr(obj, "event_id", None)
    record(
        AuditKind.ADMIN_CHANGED,
        caller=request.user.pk,
        event_id=event_id,
        subject=f"{obj._meta.model_name} {obj.pk}",
        act=what,
        fields=", ".join(_fields(message)) or None,
    )


def _fields(message: Any) -> list[str]:
    """Return the names of the changed fields, from Django's message; never the values."""
    parts = json.loads(message) if isinstance(message, str) and message.startswith("[") else message
    changed = [part["changed"] for part in parts if isinstance(part, dict) and "changed" in part]
    return [str(name) for one in changed for name in one.get("fields", [])]


class Administration(admin.AdminSite):
    """The site that all models are registered with, including those of Django's own apps."""

    def has_permission(self, request: HttpRequest) -> bool:
        """Return True for staff; with REQUIRE_MFA only for those who have a second factor."""
        return super().has_permission(request) and not lacks_factor(request.user.pk)

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Redirect to our sign-in, which asks for the second factor; Django's own page would not."""
        if request.user.is_authenticated:
            return redirect("mfa_index") if lacks_factor(request.user.pk) else redirect("home")
        wanted = request.GET.get("next") or reverse("admin:index")
        return redirect(f"{reverse('sign-in')}?{urlencode({'next': wanted})}")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register models with an audited version of their admin class."""
        base = admin_class or admin.ModelAdmin
        audited = type(base.__name__, (Audited, base), {"__module__": base.__module__})
        super().register(model_or_iterable, audited, **options)
