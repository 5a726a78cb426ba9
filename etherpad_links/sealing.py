"""Keys of other servers, sealed: what the database holds is worth nothing without SECRET_KEY."""

from cryptography.fernet import InvalidToken, MultiFernet

from opendev.core.sealing import sealing_box


def seal(secret: str) -> str:
    """Return the secret as it is stored; "" stays ""."""
    return _box().encrypt(secret.encode()).decode() if secret else ""


def unseal(sealed: str) -> str:
    """Return the secret; "" where it was sealed with a SECRET_KEY that is lost: it has to be set anew."""
    if not sealed:
        return ""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return ""


def _box() -> MultiFernet:
    return sealing_box("etherpad-keys")
