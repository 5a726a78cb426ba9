"""Events and their sessions.

The label is not the package's name: `django.contrib.sessions`, the cookie store, already has the label `sessions`.
Foreign keys therefore take the imported class, never a string (a test proves that none of ours points there).
"""

from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "sessions"
    label = "opendev_sessions"
