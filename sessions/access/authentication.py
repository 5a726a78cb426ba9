"""Authentication for REST."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.request import Request

from opendev.core.attendance import READ, pass_cookie_name, read_pass
from opendev.core.errors import NotAllowed, NotSignedIn
from sessions.access.selectors import API_TOKEN_PREFIX, find_api_token

SAFE = {"GET", "HEAD", "OPTIONS"}


class BadToken(NotSignedIn):
    code, message = "bad_token", _("This token is not valid, or has expired.")


class BeyondToken(NotAllowed):
    code, message = "beyond_token", _("This token may only read.")


class Credentials(BaseAuthentication):
    """A bearer token (an attendee's pass or an API token), or the cookies of a browser, which need the CSRF token."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """Return the user with a pass, the limits of an API token or None; or None for a stranger.

        Raises:
            BadToken: an invalid Authorization header.
            BeyondToken: a token with the scope "read", for any other method.
        """
        kind, _space, token = request.headers.get("Authorization", "").partition(" ")
        if not kind:
            return self._from_cookies(request)
        token = token.strip()
        if kind.lower() == "bearer" and token.startswith(API_TOKEN_PREFIX):
            row = find_api_token(token, timezone.now())
            if row is not None:
                if row.scope == READ and request.method not in SAFE:
                    raise BeyondToken
                return row.user, row.limits
        elif kind.lower() == "bearer" and (attendee := read_pass(token)):
            return AnonymousUser(), attendee
        raise BadToken

    def _from_cookies(self, request: Request) -> tuple[Any, Any] | None:
        user = getattr(request._request, "user", AnonymousUser())  # like DRF's own SessionAuthentication
        is_known = user.is_authenticated or any(
            name.startswith(pass_cookie_name(0)[:-1]) for name in request.COOKIES
        )
        if is_known and request.method not in SAFE:
            SessionAuthentication().enforce_csrf(request)
        return (user, None) if user.is_authenticated else None

    def authenticate_header(self, request: Request) -> str:
        """Return the scheme for 401 answers."""
        return "Bearer"


class CredentialsScheme(OpenApiAuthenticationExtension):
    """Describes Credentials in the OpenAPI document."""

    target_class = "sessions.access.authentication.Credentials"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Return the security scheme."""
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "An attendee's token, or a user's API token.",
        }
