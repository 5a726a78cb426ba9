"""The pages around the sessions: home, joining, programme, sign-in."""

from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "opendev.home"
    label = "opendev_home"
