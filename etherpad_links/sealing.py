"""Encryption of other servers' keys: the stored values are useless without SECRET_KEY."""

from cryptography.fernet import InvalidToken, MultiFernet

from opendev.core.sealing import sealing_box


def seal(secret: str) -> str:
    """Return the secret as it is stored; "" stays ""."""
    return _box().encrypt(secret.encode()).decode() if secret else ""


def unseal(sealed: str) -> str:
    """Return the secret; "" if it was encrypted with a lost SECRET_KEY, so that it has to be set again."""
    if not sealed:
        return ""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return ""


def _box() -> MultiFernet:
    return sealing_box("etherpad-keys")
