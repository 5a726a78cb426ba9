"""The floor of the project: what every app stands on."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "opendev.core"
    label = "opendev_core"
