"""The Etherpads of sessions."""

from django.apps import AppConfig


class EtherpadLinksConfig(AppConfig):
    name = "etherpad_links"
