"""Events, sessions and people for operators."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from sessions.access.models import ApiToken, SignInLink
from sessions.attendees.models import Attendance
from sessions.displays.models import DisplayLink
from sessions.follow_ups.models import FollowUpGroup, SignUpLine
from sessions.programme.models import Event, EventDay, Person, Resource, Session, SessionRole
from sessions.programme.services.calendar_entries import (
    calendar_state,
    keep_calendar,
    keep_calendars_of_people,
)


class EventDayInline(admin.TabularInline):
    model = EventDay
    extra = 0


class ResourceInline(admin.TabularInline):
    model = Resource
    extra = 0


class SessionRoleInline(admin.TabularInline):
    model = SessionRole
    extra = 0
    autocomplete_fields = ["person"]


@admin.register(Event)
class EventAdmin(admin.ModelAdmin):
    list_display = ["name", "slug", "series", "visibility", "time_zone"]
    search_fields = ["name", "slug"]
    filter_horizontal = ["organisers"]
    inlines = [EventDayInline]


@admin.register(Session)
class SessionAdmin(admin.ModelAdmin):
    list_display = ["title", "day", "starts_at", "code"]
    list_filter = ["event", "state"]
    search_fields = ["title", "code"]
    # The state has a life of its own, with rules: it is set in the control room.
    readonly_fields = ["state", "went_live_at", "ended_at"]
    inlines = [SessionRoleInline, ResourceInline]

    def save_model(self, request: HttpRequest, obj: Session, form: Any, change: bool) -> None:
        """Save the session; calendars hear of it as by the organisers' pages."""
        if change:
            before = calendar_state(Session.objects.get(pk=obj.pk))
            keep_calendar(session=obj, before=before, now=timezone.now())
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save who is on stage; calendars name them."""
        super().save_related(request, form, formsets, change)
        if any(formset.has_changed() for formset in formsets):
            keep_calendars_of_people([form.instance.pk], timezone.now())


@admin.register(Person)
class PersonAdmin(admin.ModelAdmin):
    list_display = ["name", "company", "title", "event", "on_committee"]
    list_filter = ["event"]
    search_fields = ["name", "company"]


@admin.register(Attendance)
class AttendanceAdmin(admin.ModelAdmin):
    list_display = ["attendee", "session", "joined_at"]
    list_select_related = ["attendee", "session"]


@admin.register(SignUpLine)
class SignUpLineAdmin(admin.ModelAdmin):
    list_display = ["title", "session", "state", "announced_line", "owner", "code"]
    list_filter = ["session__event", "state"]
    list_select_related = ["session", "owner"]
    search_fields = ["title", "code"]
    # Sockets hear of a change only by the services: a line is changed in the control room.
    readonly_fields = ["session", "state", "closed_at"]


@admin.register(FollowUpGroup)
class FollowUpGroupAdmin(admin.ModelAdmin):
    list_display = ["title", "event", "owner", "status"]
    list_filter = ["event", "status"]
    list_select_related = ["event", "owner"]


class SecretAdmin(admin.ModelAdmin):
    """Secrets are made elsewhere and never shown again; here they can be seen to exist, and deleted."""

    def has_add_permission(self, request: object) -> bool:
        """Nobody adds one by hand: its token would be lost."""
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        """Nothing of it can be changed."""
        return False


@admin.register(SignInLink, ApiToken)
class TokenAdmin(SecretAdmin):
    list_display = ["__str__", "user", "expires_at"]


@admin.register(DisplayLink)
class DisplayLinkAdmin(SecretAdmin):
    list_display = ["__str__", "session", "created_at", "revoked_at"]
    list_select_related = ["session"]
