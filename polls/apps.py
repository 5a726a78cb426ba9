"""Polls and their ballots."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate

from polls.guards import install_guards, remove_guards


class PollsConfig(AppConfig):
    name = "polls"

    def ready(self) -> None:
        """Install the guards after every migrate: Django silently drops them when it rebuilds a table on SQLite."""
        pre_migrate.connect(remove_guards, sender=self, dispatch_uid="polls.guards")
        post_migrate.connect(install_guards, sender=self, dispatch_uid="polls.guards")
