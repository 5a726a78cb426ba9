"""The lowest layer of the project, which every app uses."""

from django.apps import AppConfig

from opendev.core.limits import check_settings


class CoreConfig(AppConfig):
    name = "opendev.core"
    label = "opendev_core"

    def ready(self) -> None:
        """Refuse limits that cannot be read."""
        check_settings()
