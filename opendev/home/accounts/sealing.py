"""Encryption of the secrets of second factors: the database alone is useless without SECRET_KEY."""

from cryptography.fernet import MultiFernet

from opendev.core.sealing import sealing_box


def seal(secret: str) -> str:
    """Return the secret as it is stored."""
    return _box().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """Return the secret.

    Raises:
        InvalidToken: it was encrypted with a SECRET_KEY that is lost; the factor must be reset.
    """
    return _box().decrypt(sealed.encode()).decode()


def _box() -> MultiFernet:
    return sealing_box("second-factors")
