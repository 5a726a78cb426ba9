"""The pages around the sessions: home, joining, programme, sign-in; and the administration."""

from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin import apps as admin


class HomeConfig(AppConfig):
    default = True
    name = "opendev.home"
    label = "opendev_home"

    def ready(self) -> None:
        """Log sign-ins. The modules need models, so they are imported late."""
        for name in ("noting", "limited"):
            import_module(f"opendev.home.accounts.{name}").connect()


class AdministrationConfig(admin.AdminConfig):
    """Django's app with a site of ours."""

    default = False
    default_site = "opendev.home.administration.Administration"
