"""The operator's settings for Etherpad servers: which ones we may connect to, and with which key."""

from django.conf import settings

from etherpad_links.models import EtherpadLink
from etherpad_links.padserver.addresses import Reach, ServerAddress, read_pad_address, read_server_address
from etherpad_links.padserver.http import HttpApi
from etherpad_links.padserver.tokens import ClientCredentials
from etherpad_links.sealing import unseal


def own_server() -> ServerAddress | None:
    """Return the server in ETHERPAD_URL, on which pads are created, or None."""
    return read_server_address(settings.ETHERPAD_URL) if settings.ETHERPAD_URL else None


def reach() -> Reach:
    """Return where we may connect to. The operator's own server may be in a private network."""
    own = own_server()
    return Reach(
        hosts=frozenset(settings.ETHERPAD_HOSTS),
        own=frozenset({(own.host, own.port)} if own else ()),
        allows_private=settings.ETHERPAD_ALLOW_PRIVATE,
    )


def can_make_pads() -> bool:
    """Return True if the operator configured a server and the access to its API."""
    return own_api() is not None


def own_api() -> HttpApi | None:
    """Return the HTTP API of the operator's server; None if there is no server, or no access to it."""
    server, key, client = own_server(), str(settings.ETHERPAD_API_KEY), own_client()
    return HttpApi(server, key, reach(), client) if server and (key or client) else None


def own_client() -> ClientCredentials | None:
    """Return the OIDC client of the operator's server, or None."""
    client_id, secret = str(settings.ETHERPAD_CLIENT_ID), str(settings.ETHERPAD_CLIENT_SECRET)
    return ClientCredentials(client_id, secret) if client_id and secret else None


def api_for(link: EtherpadLink) -> HttpApi | None:
    """Return the HTTP API of the link's server, with its own key or the operator's; None without access."""
    server = read_pad_address(link.url).server
    if link.sealed_key:
        key = unseal(link.sealed_key)
        return HttpApi(server, key, reach()) if key else None
    return own_api() if server == own_server() else None
