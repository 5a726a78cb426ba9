"""Django's cookie store, storing only a hash of a cookie, and looking up only what can be a cookie of ours."""

import hashlib
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone


def hash_key(session_key: str) -> str:
    """Return the stored hash of a cookie: 160 bits of its SHA-256 in hexadecimal, since the column takes 40 characters.

    A cookie has 165 random bits (32 letters and digits), so it needs no salt. Reading the table reveals no cookies.
    """
    return hashlib.sha256(session_key.encode()).hexdigest()[:40]


class SessionStore(DatabaseStore):
    """Sign-ins by cookie. `session_key` is the cookie itself, only in memory; the table has its hash.

    A cookie may contain anything, even a NUL, which PostgreSQL refuses with an exception; so it is checked first.
    """

    def _validate_session_key(self, key: Any) -> bool:
        is_long_enough = super()._validate_session_key(key)  # type: ignore[misc]  # the stubs do not know it
        return bool(is_long_enough) and key.isascii() and key.isalnum()

    def _get_session_from_db(self) -> Any:
        row = self._rows(self.session_key).filter(expire_date__gt=timezone.now()).first()
        if row is None:
            self._session_key = None
        return row

    def _rows(self, session_key: str | None) -> Any:
        return self.model.objects.filter(session_key=hash_key(session_key or ""))

    def exists(self, session_key: str) -> bool:
        """Return True if there is a sign-in with this cookie."""
        return bool(self._rows(session_key).exists())

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """Return the row of this sign-in, which the caller saves."""
        row = super().create_model_instance(data)
        row.session_key = hash_key(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        """End the sign-in with this cookie, or this one."""
        if key := session_key or self.session_key:
            self._rows(key).delete()

    # Django's asynchronous twins would look for cookies in clear. Nothing here uses them, and nothing may by accident.
    _aget_session_from_db = aexists = acreate_model_instance = adelete = None  # type: ignore[assignment]
