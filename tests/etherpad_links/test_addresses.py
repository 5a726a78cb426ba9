"""Which texts are addresses of pads, and which servers we go to."""

import ipaddress
import socket

import pytest

from etherpad_links.padserver.addresses import (
    NoPadAddress,
    Reach,
    ServerAddress,
    is_public,
    on_same_server,
    read_pad_address,
    read_server_address,
)
from etherpad_links.padserver.errors import AddressForbidden, PadUnreachable

SERVER = ServerAddress("https", "pads.example", 443)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://pads.example/p/agenda", "https://pads.example/p/agenda"),
        ("  https://PADS.example:443/p/agenda\n", "https://pads.example/p/agenda"),
        ("http://pads.example:9001/p/agenda", "http://pads.example:9001/p/agenda"),
        ("https://example.org/notes/v2/p/agenda", "https://example.org/notes/v2/p/agenda"),
        ("https://pads.example/p/agenda#L98", "https://pads.example/p/agenda"),
        ("https://pads.example/p/agenda?showChat=false", "https://pads.example/p/agenda"),
        ("https://pads.example/p/agenda/timeslider#12", "https://pads.example/p/agenda"),
        ("https://pads.example/p/agenda/export/txt", "https://pads.example/p/agenda"),
        ("https://pads.example/p/Day%201%3A%20Telco", "https://pads.example/p/Day_1__Telco"),
        ("https://pads.example/p/Day%20%201%20::Telco", "https://pads.example/p/Day_1__Telco"),
        ("https://pads.example/p/%20agenda%20", "https://pads.example/p/_agenda_"),
        ("https://pads.example/p/caf%C3%A9", "https://pads.example/p/caf%C3%A9"),
        ("https://pads.example/p/p", "https://pads.example/p/p"),
        ("https://pads.example/p/r.0a1b2c", "https://pads.example/p/r.0a1b2c"),
        ("https://pads.example/p/g.s8oes9dhwrvt0zif$team", "https://pads.example/p/g.s8oes9dhwrvt0zif$team"),
        ("http://[::1]:9001/p/agenda", "http://[::1]:9001/p/agenda"),
    ],
)
def test_address_of_a_pad_is_read(text: str, url: str):
    assert read_pad_address(text).url == url


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "scheme"),
        ("pads.example/p/agenda", "scheme"),
        ("ftp://pads.example/p/agenda", "scheme"),
        ("file:///p/agenda", "scheme"),
        ("javascript:alert(1)//p/agenda", "scheme"),
        ("https:///p/agenda", "host"),
        ("https://pads.example:0/p/agenda", "host"),
        ("https://pads.example:99999/p/agenda", "host"),
        ("https://[::1/p/agenda", "host"),
        ("https://pads.example\\@inner/p/agenda", "login"),
        ("https://user:secret@pads.example/p/agenda", "login"),
        ("https://pads.example/agenda", "path"),
        ("https://pads.example/p/", "name"),
        ("https://pads.example/p/a%2Fb", "name"),
        ("https://pads.example/p/two$dollars", "name"),
        (f"https://pads.example/p/{'n' * 51}", "name"),
        ("https://pads.example/p/a%00b", "name"),
    ],
)
def test_what_is_no_pad_says_why(text: str, reason: str):
    with pytest.raises(NoPadAddress, match=f"^{reason}$"):
        read_pad_address(text)


def test_addresses_of_one_pad_keep_the_prefix():
    pad = read_pad_address("https://example.org/notes/p/agenda")
    assert pad.socket_url == "wss://example.org/notes/socket.io/?padId=agenda&EIO=4&transport=websocket"
    assert pad.at_line(98) == "https://example.org/notes/p/agenda#L98"
    assert pad.at_line(98, user_name="Zoë & co") == (
        "https://example.org/notes/p/agenda?userName=Zo%C3%AB%20%26%20co#L98"
    )


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("2002:0a00:0001::1", False),
        ("64:ff9b::a00:1", False),
        ("::127.0.0.1", False),
        ("::93.184.216.34", False),
        ("::ffff:0:127.0.0.1", False),
        ("::ffff:0:10.0.0.1", False),
    ],
)
def test_private_addresses_are_known_in_every_guise(address: str, expected: bool):
    assert is_public(ipaddress.ip_address(address)) is expected


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]"])
def test_private_server_is_refused_however_it_is_spelt(host: str):
    server = read_server_address(f"http://{host}:9001/")
    with pytest.raises(AddressForbidden):
        Reach().resolve(server)
    assert ipaddress.ip_address(Reach(allows_private=True).resolve(server)).is_loopback
    assert Reach(own=frozenset({(server.host, 9001)})).resolve(server)


def test_own_server_is_one_port_of_its_host():
    reach = Reach(own=frozenset({("127.0.0.1", 9001)}))
    with pytest.raises(AddressForbidden):
        reach.resolve(ServerAddress("http", "127.0.0.1", 5432))


def test_public_address_is_taken_from_among_private_ones(monkeypatch: pytest.MonkeyPatch):
    found = [(2, 1, 6, "", (number, 443)) for number in ("10.0.0.1", "93.184.216.34")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *asked, **how: found)
    assert Reach().resolve(SERVER) == "93.184.216.34"


def test_named_hosts_are_the_only_ones():
    with pytest.raises(AddressForbidden, match="allows"):
        Reach(hosts=frozenset({"pads.example"})).check_host(ServerAddress("https", "elsewhere.example", 443))
    Reach(hosts=frozenset({"pads.example"})).check_host(SERVER)


def test_unknown_host_is_unreachable():
    with pytest.raises(PadUnreachable):
        Reach().resolve(ServerAddress("https", "nowhere.invalid", 443))


@pytest.mark.parametrize(
    ("location", "goes_on"),
    [
        ("https://pads.example/p/other", True),
        ("https://pads.example:8443/p/other", False),
        ("http://pads.example/p/other", False),
        ("https://inner.example/p/other", False),
        ("https://user@pads.example/p/other", False),
        ("file:///etc/passwd", False),
    ],
)
def test_redirects_stay_on_the_server(location: str, goes_on: bool):
    assert (on_same_server(SERVER, location) is not None) is goes_on


def test_redirect_may_turn_http_into_https():
    plain = ServerAddress("http", "pads.example", 80, "/notes")
    assert on_same_server(plain, "https://pads.example/notes/p/x") == ServerAddress(
        "https", "pads.example", 443, "/notes"
    )
