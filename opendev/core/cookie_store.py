"""Django's cookie store, which looks up nothing that cannot be one of its keys."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore


class SessionStore(DatabaseStore):
    """A cookie may hold anything, also a NUL, which PostgreSQL refuses with an exception."""

    def _validate_session_key(self, key: Any) -> bool:
        is_long_enough = super()._validate_session_key(key)  # type: ignore[misc]  # the stubs do not know it
        return bool(is_long_enough) and key.isascii() and key.isalnum()
