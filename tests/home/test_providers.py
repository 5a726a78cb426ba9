"""Signing in with a real OpenID provider, and codes by a real mail server, at a server that runs."""

import re
import threading
from collections.abc import Iterator
from email import message_from_bytes
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core.exceptions import ImproperlyConfigured

from opendev.sign_in import check_sign_in
from tests.support.oidc import Provider, sign_in_at_provider
from tests.support.programs import free_port
from tests.support.server import Server

ADD_ADDRESS = """
from django.contrib.auth.models import User
from allauth.account.models import EmailAddress
EmailAddress.objects.create(user=User.objects.get(username="organiser"), email="ada@example.org", primary=True)
"""


class Mailbox:
    """What a mail server took, by the envelope."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], str]] = []
        self.came = threading.Event()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        message = message_from_bytes(envelope.content)
        text = str(message.get_payload()).replace("\r\n", "\n")
        self.taken.append((envelope.rcpt_tos, text))
        self.came.set()
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    box, port = Mailbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


def shell(server: Server, code: str) -> str:
    return server.manage("shell", "--verbosity=0", "-c", code)


def posted(visitor: Any, path: str, **fields: str) -> Any:
    visitor.get("/sign-in/")
    fields["csrfmiddlewaretoken"] = visitor.cookies["csrftoken"]
    return visitor.post(path, data=fields)


def is_signed_in(visitor: Any) -> bool:
    return visitor.get("/sign-in/account/").status_code == 200


def test_code_comes_by_smtp_and_signs_in(start_server, mailbox):
    box, port = mailbox
    server = start_server(demo=True, EMAIL_URL=f"smtp://127.0.0.1:{port}", EMAIL_FROM="companion@example.org")
    shell(server, ADD_ADDRESS)
    with server.http() as visitor:
        posted(visitor, "/sign-in/code/", email="ada@example.org")
        assert box.came.wait(60)
        ((recipients, text),) = box.taken
        assert recipients == ["ada@example.org"]
        code = re.search(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$", text, re.MULTILINE)
        assert code
        assert server.url in text
        posted(visitor, "/sign-in/code/confirm/", code=code[0])
        assert is_signed_in(visitor)
    assert code[0] not in server.log()


def test_answer_is_the_same_for_known_and_unknown_while_the_mail_server_is_away(start_server):
    server = start_server(
        demo=True, EMAIL_URL=f"smtp://127.0.0.1:{free_port()}", EMAIL_FROM="companion@example.org"
    )
    shell(server, ADD_ADDRESS)
    pages = []
    for address in ("ada@example.org", "nobody@example.org"):
        with server.http() as visitor:
            answer = posted(visitor, "/sign-in/code/", email=address)
            assert (answer.status_code, answer.headers["location"]) == (302, "/sign-in/code/confirm/")
            page = visitor.get("/sign-in/code/confirm/")
            assert page.status_code == 200
            pages.append(re.sub(r'value="\w{64}"', "", page.text.replace(address, "")))
    assert pages[0] == pages[1]
    assert "An e-mail could not be sent: ConnectionRefusedError." in server.log()


@pytest.fixture
def provider(tmp_path) -> Iterator[Provider]:
    own = Provider(tmp_path)
    yield own
    own.stop()


def at_provider(server: Server, login: str) -> tuple[bool, str]:
    """Sign in there as somebody; return whether that signed them in here, and the last page's text."""
    with server.http() as visitor:
        answer = sign_in_at_provider(visitor, posted(visitor, "/sign-in/provider/oidc/"), login)
        return is_signed_in(visitor), answer.text


def test_provider_signs_in_whom_it_proves_to_be_known_and_nobody_else(start_server, provider):
    server = start_server(
        demo=True,
        start=False,
        OIDC_ISSUER=provider.url,
        OIDC_NAME="Foundation Login",
        OIDC_CLIENT_ID=provider.client_id,
        OIDC_CLIENT_SECRET=provider.secret,
        OIDC_DOMAINS="example.org",
    )
    provider.start(f"{server.url}/sign-in/provider/oidc/callback/")
    server.start()
    shell(server, ADD_ADDRESS)
    with server.http() as visitor:
        assert "Sign in with Foundation Login" in visitor.get("/sign-in/").text
    for _ in range(2):  # the second time the account is linked
        assert at_provider(server, "ada")[0]
    for stranger in ("bob", "unproved-ada", "ada@elsewhere.example"):
        signed_in, page = at_provider(server, stranger)
        assert not signed_in, stranger
        assert "<h1>" in page
    told = server.manage("audit_log")
    assert '"method": "socialaccount"' in told


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"email_url": "smtp://x"}, "EMAIL_FROM"),
        ({"issuer": "http://login.example.org"}, "https"),
        ({"issuer": "https://login.example.org"}, "OIDC_CLIENT_ID"),
        ({"issuer": "https://login.example.org", "client_id": "x"}, "OIDC_DOMAINS"),
    ],
)
def test_settings_that_do_not_belong_together_are_refused(given, sentence):
    usual = {"email_url": "", "email_from": "", "issuer": "", "client_id": "", "domains": ()}
    with pytest.raises(ImproperlyConfigured, match=sentence):
        check_sign_in(**{**usual, **given})
    check_sign_in(**usual)
