"""Events and their sessions.

The label is not the package's name: `django.contrib.sessions`, the cookie store, already has the label `sessions`.
Foreign keys therefore take the imported class, never a string (a test proves that none of ours points to it).
"""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate

from sessions.audit.guards import install_audit_guards
from sessions.timeline.guards import install_guards, remove_guards


class SessionsConfig(AppConfig):
    name = "sessions"
    label = "opendev_sessions"

    def ready(self) -> None:
        """Install the guards after every migrate: Django silently drops them when it rebuilds a table on SQLite."""
        pre_migrate.connect(remove_guards, sender=self, dispatch_uid="sessions.timeline.guards")
        post_migrate.connect(install_guards, sender=self, dispatch_uid="sessions.timeline.guards")
        post_migrate.connect(install_audit_guards, sender=self, dispatch_uid="sessions.audit.guards")
