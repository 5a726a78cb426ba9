"""Secrets that the database keeps sealed: a copy of it is worth nothing without SECRET_KEY."""

import base64
import hashlib

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def sealing_box(purpose: str) -> MultiFernet:
    """Return what seals with SECRET_KEY and opens with its fallbacks too; each purpose has keys of its own."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_key(f"{purpose}:{secret}")) for secret in secrets])


def _key(text: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest())
