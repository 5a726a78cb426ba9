"""Events, sessions and people for operators."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Model, URLField
from django.forms import Select
from django.http import HttpRequest
from django.utils import timezone

from sessions.access.models import ApiToken, SignInLink
from sessions.attendees.models import Attendance
from sessions.displays.models import DisplayLink
from sessions.follow_ups.models import FollowUpGroup, SignUpLine
from sessions.follow_ups.services.lines import overwrite_line, tell_owners_lines
from sessions.programme.models import Event, EventDay, Person, Resource, Session, SessionRole
from sessions.programme.services.calendar_entries import keep_calendars_of_people
from sessions.programme.services.changes import overwrite_session


def _changed(obj: Model, form: Any) -> dict[str, Any]:
    """Return the fields that the form changed; others may have changed the rest since it was opened."""
    return {name: getattr(obj, name) for name in form.changed_data}


HTTPS: dict[Any, dict[str, str]] = {URLField: {"assume_scheme": "https"}}


class EventDayInline(admin.TabularInline):
    model = EventDay
    extra = 0


class ResourceInline(admin.TabularInline):
    model = Resource
    extra = 0
    formfield_overrides = HTTPS


class SessionRoleInline(admin.TabularInline):
    model = SessionRole
    extra = 0
    autocomplete_fields = ["person"]


@admin.register(Event)
class EventAdmin(admin.ModelAdmin):
    list_display = ["name", "slug", "series", "visibility", "time_zone", "language"]
    search_fields = ["name", "slug"]
    filter_horizontal = ["organisers"]
    inlines = [EventDayInline]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Events are erased on the organisers' page or by `manage.py erase_event`, which know the order."""
        return False

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the languages by their own names: the column has no choices, since they are in the settings."""
        if db_field.name == "language":
            kwargs["widget"] = Select(choices=settings.LANGUAGES)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Event, form: Any, change: bool) -> None:
        """Save the event and update calendars, which contain its name and zone."""
        super().save_model(request, obj, form, change)
        if form.changed_data:
            keep_calendars_of_people(obj.sessions.values_list("pk", flat=True), timezone.now())


@admin.register(Session)
class SessionAdmin(admin.ModelAdmin):
    list_display = ["title", "day", "starts_at", "code"]
    list_filter = ["event", "state"]
    search_fields = ["title", "code"]
    # The state follows rules and is set in the control room.
    readonly_fields = ["state", "went_live_at", "ended_at"]
    inlines = [SessionRoleInline, ResourceInline]
    formfield_overrides = HTTPS

    def save_model(self, request: HttpRequest, obj: Session, form: Any, change: bool) -> None:
        """Save the session, and update calendars and open rooms as the organisers' pages do."""
        if not change:
            super().save_model(request, obj, form, change)
        elif form.changed_data:
            overwrite_session(session_id=obj.pk, values=_changed(obj, form), now=timezone.now())

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the role and update calendars, which name the person."""
        super().save_related(request, form, formsets, change)
        if any(formset.has_changed() for formset in formsets):
            keep_calendars_of_people([form.instance.pk], timezone.now())


@admin.register(Person)
class PersonAdmin(admin.ModelAdmin):
    list_display = ["name", "company", "title", "event", "on_committee"]
    list_filter = ["event"]
    search_fields = ["name", "company"]

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:
        """Save the person, and update the follow-ups that they lead and their sessions' calendars."""
        super().save_model(request, obj, form, change)
        if change and form.changed_data:
            tell_owners_lines(obj.pk)
            roles = SessionRole.objects.filter(person=obj)
            keep_calendars_of_people(roles.values_list("session", flat=True), timezone.now())


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
    # A line is opened and closed in the control room: the state follows rules, and the timeline records it.
    readonly_fields = ["session", "state", "opened_at", "closed_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Lines are opened in the control room."""
        return False

    def save_model(self, request: HttpRequest, obj: SignUpLine, form: Any, change: bool) -> None:
        """Save the line and update open rooms."""
        if form.changed_data:
            overwrite_line(line_id=obj.pk, values=_changed(obj, form))


@admin.register(FollowUpGroup)
class FollowUpGroupAdmin(admin.ModelAdmin):
    list_display = ["title", "event", "owner", "status"]
    list_filter = ["event", "status"]
    list_select_related = ["event", "owner"]


class SecretAdmin(admin.ModelAdmin):
    """Secrets are created elsewhere and never shown again; here they are listed and can be deleted."""

    def has_add_permission(self, request: object) -> bool:
        """They cannot be added by hand: the token would be lost."""
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        """They cannot be changed."""
        return False


@admin.register(SignInLink, ApiToken)
class TokenAdmin(SecretAdmin):
    list_display = ["__str__", "user", "expires_at"]


@admin.register(DisplayLink)
class DisplayLinkAdmin(SecretAdmin):
    list_display = ["__str__", "session", "created_at", "revoked_at"]
    list_select_related = ["session"]
