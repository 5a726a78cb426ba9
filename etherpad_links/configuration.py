"""What the operator said about Etherpad servers: which ones we go to, and with which key."""

from django.conf import settings

from etherpad_links.models import EtherpadLink
from etherpad_links.padserver.addresses import Reach, ServerAddress, read_pad_address, read_server_address
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


def own_key() -> str:
    """Return the key of the operator's server; "" for none."""
    return str(settings.ETHERPAD_API_KEY)


def api_key_of(link: EtherpadLink) -> str:
    """Return the key of the link's server: its own, or the operator's for the operator's server; else ""."""
    if link.sealed_key:
        return unseal(link.sealed_key)
    return own_key() if read_pad_address(link.url).server == own_server() else ""
