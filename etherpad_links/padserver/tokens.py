"""Access tokens for the HTTP API of an Etherpad whose `authenticationMethod` is "sso", the default since 2.0.

The operator adds a client with the grant "client_credentials" to `sso.clients` of the server's settings. With its id
and secret we ask the server's own token endpoint (RFC 6749, 4.4), and name the server as the resource (RFC 8707),
without which Etherpad 2.5 answers "invalid_target".
"""

import time
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from etherpad_links.padserver.addresses import ServerAddress
from etherpad_links.padserver.errors import KeyRefused

TOKEN_PATH = "/oidc/token"  # noqa: S105  # a path
EARLY_S = 60.0  # a token is renewed this long before it expires


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """Id and secret of an OIDC client that the operator set up on the server."""

    client_id: str
    secret: str

    @property
    def basic(self) -> str:
        """The value after "Basic" in the header (RFC 6749, 2.3.1)."""
        return b64encode(f"{quote_plus(self.client_id)}:{quote_plus(self.secret)}".encode()).decode()


Ask = Callable[[Mapping[str, str], str], Awaitable[Mapping[str, Any]]]  # a form, and the value after "Basic"
_tokens: dict[tuple[ServerAddress, ClientCredentials], tuple[str, float]] = {}


async def token_of(server: ServerAddress, client: ClientCredentials, ask: Ask) -> str:
    """Return a token for the server, from the cache while it is valid.

    Raises:
        KeyRefused: the server does not know the client, or it may not ask for tokens.
        PadTrouble
    """
    token, ends_at = _tokens.get((server, client), ("", 0.0))
    if token and time.monotonic() < ends_at:
        return token
    form = {"grant_type": "client_credentials", "resource": server.url}
    try:
        answer = await ask(form, client.basic)
    except KeyRefused:  # a client that is configured to send its secret in the form
        answer = await ask({**form, "client_id": client.client_id, "client_secret": client.secret}, "")
    token = str(answer.get("access_token") or "")
    if not token:
        raise KeyRefused("the server gives no token")
    lasts_s = answer.get("expires_in")
    lasts_s = float(lasts_s) if isinstance(lasts_s, int | float) else EARLY_S
    _tokens[server, client] = token, time.monotonic() + max(lasts_s - EARLY_S, 0.0)
    return token


def forget_token(server: ServerAddress, client: ClientCredentials) -> None:
    """Forget a token that the server does not accept."""
    _tokens.pop((server, client), None)
