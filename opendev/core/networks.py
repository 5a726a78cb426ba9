"""Which numeric addresses are on the public internet: requests to addresses from users go nowhere else (SSRF)."""

import ipaddress

TRANSLATED = (
    ipaddress.ip_network("64:ff9b::/96"),  # NAT64
    ipaddress.ip_network("64:ff9b:1::/48"),
    ipaddress.ip_network("::/96"),  # IPv4-compatible, with :: and ::1
    ipaddress.ip_network("::ffff:0:0:0/96"),  # IPv4-translated (SIIT)
)  # each hides an IPv4 address in its last 32 bits
IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
# Azure's metadata service, which gives machines their secrets. Other clouds use link-local, shared or unique-local
# ones.
METADATA = {ipaddress.ip_address("168.63.129.16")}


def is_public(address: IpAddress) -> bool:
    """Return True if an address is on the public internet, even if an IPv6 address hides an IPv4 one."""
    if isinstance(address, ipaddress.IPv6Address):
        hidden = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if any(inner is not None and not is_public(inner) for inner in hidden):
            return False
        if address.ipv4_mapped is not None:
            return True
        if any(address in network for network in TRANSLATED):
            return False
    return address.is_global and not address.is_multicast and address not in METADATA
