"""Settings of sign-in that follow from others, and what is refused at start."""

from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
PROVIDER = "oidc"  # in the addresses of sign-in, and of the callback that the provider must know


def check_sign_in(
    *, email_url: str, email_from: str, issuer: str, client_id: str, domains: Collection[str]
) -> None:
    """Let settings pass that belong together.

    Raises:
        ImproperlyConfigured: with a sentence that says what to set.
    """
    if email_url and not email_from:
        raise ImproperlyConfigured("EMAIL_URL needs EMAIL_FROM: the address that e-mails come from.")
    if not issuer:
        return
    address = urlsplit(issuer)
    if address.scheme != "https" and address.hostname not in LOOPBACK:
        raise ImproperlyConfigured("OIDC_ISSUER must begin with https://: its answers are trusted.")
    if not client_id:
        raise ImproperlyConfigured("OIDC_ISSUER needs OIDC_CLIENT_ID and OIDC_CLIENT_SECRET.")
    if not domains:
        raise ImproperlyConfigured(
            "OIDC_ISSUER needs OIDC_DOMAINS: the e-mail domains whose addresses this provider may confirm."
        )


def openid_connect(
    issuer: str, name: str, client_id: str, secret: str, *, auth_method: str
) -> dict[str, Any]:
    """Return django-allauth's setting for the provider; none where there is no issuer."""
    apps = [
        {
            "provider_id": PROVIDER,
            "name": name,
            "client_id": client_id,
            "secret": secret,
            "settings": {"server_url": issuer, "token_auth_method": auth_method},
        }
    ]
    return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": apps if issuer else []}}
