"""Secrets and signatures of webhooks, by the Standard Webhooks specification 1.0 (symmetric, v1)."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime

from cryptography.fernet import InvalidToken

from opendev.core.sealing import sealing_box

PREFIX = "whsec_"
SECRET_BYTES = 32
PURPOSE = "webhooks"


def new_secret() -> str:
    """Return a new secret in the form for its receiver: `whsec_` and Base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def seal(secret: str) -> str:
    """Return the secret as it is stored."""
    return sealing_box(PURPOSE).encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """Return the secret; "" if it was encrypted with a lost SECRET_KEY, so that it has to be replaced."""
    try:
        return sealing_box(PURPOSE).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return ""


def signed_headers(
    message_id: str, body: bytes, known_secrets: Iterable[str], now: datetime
) -> dict[str, str]:
    """Return the three headers of the specification, with one signature for each secret."""
    timestamp = str(int(now.timestamp()))
    signed = f"{message_id}.{timestamp}.".encode() + body
    signatures = [f"v1,{_signature(secret, signed)}" for secret in known_secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signatures),
    }


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
