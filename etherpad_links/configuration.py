"""What the operator said about Etherpad servers: which ones we go to, and with which key."""

from django.conf import settings

from etherpad_links.models import EtherpadLink
from etherpad_links.padserver.addresses import Reach, ServerAddress, read_pad_address, read_server_address
from etherpad_links.padserver.http import HttpApi
from etherpad_links.padserver.tokens import ClientCredentials
from etherpad_links.sealing import unseal


def own_server() -> ServerAddress | None:
    """Return the server named by ETHERPAD_URL, where pads are made; None where there is none."""
    return read_server_address(settings.ETHERPAD_URL) if settings.ETHERPAD_URL else None


def reach() -> Reach:
    """Return where we may go. The operator's own server may be in a private network."""
    own = own_server()
    return Reach(
        hosts=frozenset(settings.ETHERPAD_HOSTS),
        own=frozenset({(own.host, own.port)} if own else ()),
        allows_private=settings.ETHERPAD_ALLOW_PRIVATE,
    )


def can_make_pads() -> bool:
    """Return True if the operator named a server, and how its API lets us in."""
    return own_api() is not None


def own_api() -> HttpApi | None:
    """Return the HTTP API of the operator's server; None where there is none, or nothing by which it lets us in."""
    server, key, client = own_server(), str(settings.ETHERPAD_API_KEY), own_client()
    return HttpApi(server, key, reach(), client) if server and (key or client) else None


def own_client() -> ClientCredentials | None:
    """Return the OIDC client of the operator's server; None where none is named."""
    client_id, secret = str(settings.ETHERPAD_CLIENT_ID), str(settings.ETHERPAD_CLIENT_SECRET)
    return ClientCredentials(client_id, secret) if client_id and secret else None


def api_for(link: EtherpadLink) -> HttpApi | None:
    """Return the HTTP API of the link's server, by its own key or as the operator's; None where nothing lets us in."""
    server = read_pad_address(link.url).server
    if link.sealed_key:
        key = unseal(link.sealed_key)
        return HttpApi(server, key, reach()) if key else None
    return own_api() if server == own_server() else None
