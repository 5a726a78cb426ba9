"""Secrets of second factors, sealed: what the database holds is worth nothing without SECRET_KEY."""

import base64
import hashlib

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def seal(secret: str) -> str:
    """Return the secret as it is stored."""
    return _box().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """Return the secret.

    Raises:
        InvalidToken: it was sealed with a SECRET_KEY that is lost; the factor must be reset.
    """
    return _box().decrypt(sealed.encode()).decode()


def _box() -> MultiFernet:
    """Seals with SECRET_KEY, opens with its fallbacks too."""
    return MultiFernet([Fernet(_key(key)) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(b"second-factors:" + secret.encode()).digest())
