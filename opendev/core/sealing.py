"""Encryption of secrets in the database: a copy of them is useless without SECRET_KEY."""

import base64
import hashlib

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def sealing_box(purpose: str) -> MultiFernet:
    """Return a cipher that encrypts with SECRET_KEY and its fallbacks; each purpose has its own keys."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_key(f"{purpose}:{secret}")) for secret in secrets])


def _key(text: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest())
