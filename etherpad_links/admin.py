"""Etherpad links for operators."""

from django.contrib import admin

from etherpad_links.models import EtherpadLink


@admin.register(EtherpadLink)
class EtherpadLinkAdmin(admin.ModelAdmin):
    list_display = ["session", "url"]
    list_select_related = ["session"]
