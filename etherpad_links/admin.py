"""Etherpad links for operators, read-only: another address would be another pad, to which names are written again."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from etherpad_links.models import EtherpadLink


@admin.register(EtherpadLink)
class EtherpadLinkAdmin(admin.ModelAdmin):
    list_display = ["session", "url"]
    list_select_related = ["session"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Pads are linked in the control room, so that the worker and open rooms are notified."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Pads are changed in the control room."""
        return False
