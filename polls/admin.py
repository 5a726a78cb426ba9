"""Polls for operators, read-only. Only services change a poll, so that sockets are updated and rules hold."""

from typing import Any

from django.contrib import admin

from polls.models import Option, Poll


class OptionInline(admin.TabularInline):
    model = Option
    extra = 0
    can_delete = False
    readonly_fields = ["position", "text", "count"]

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        """Options are added in the control room."""
        return False


@admin.register(Poll)
class PollAdmin(admin.ModelAdmin):
    list_display = ["question", "session", "state", "round", "ballots", "anonymous"]
    list_filter = ["state", "session__event"]
    list_select_related = ["session"]
    search_fields = ["question"]
    inlines = [OptionInline]

    def has_add_permission(self, request: Any) -> bool:
        """Polls are added in the control room."""
        return False

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        """Polls are changed in the control room."""
        return False
