"""A server that wants an OIDC token, as Etherpad 2 and 3 do by default, and one that refuses our key."""

import base64
import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest

from etherpad_links.configuration import own_api, reach
from etherpad_links.models import EtherpadLink
from etherpad_links.padserver.errors import KeyRefused
from etherpad_links.padserver.http import HttpApi
from etherpad_links.padserver.tokens import ClientCredentials
from etherpad_links.services import PadKeyRefused, make_pad_for
from tests.factories import make_session
from tests.factories.sessions import organiser_of

CLIENT = ClientCredentials("companion", "a secret: with signs/")


class Sso(BaseHTTPRequestHandler):
    """`/oidc/token` and the API, as Etherpad 2.5 answers."""

    def do_GET(self) -> None:
        self.answer(200, {"currentVersion": "1.3.0"})

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        server: Any = self.server
        server.asked.append((self.path, {key: values[0] for key, values in form.items()}))
        if self.path != "/oidc/token":
            is_let_in = self.headers["Authorization"] == f"Bearer token-{server.tokens}" and server.tokens
            answer = (
                {"code": 0, "data": {"readOnlyID": "r.1"}}
                if is_let_in
                else {"code": 4, "message": "no or wrong"}
            )
            self.answer(200 if is_let_in else 401, answer)
        elif not self.is_client(form, by_form=server.wants_form):
            self.answer(401, {"error": "invalid_client"})
        elif form.get("resource") != [f"http://127.0.0.1:{server.server_port}"]:
            self.answer(400, {"error": "invalid_target"})
        else:
            server.tokens += 1
            self.answer(200, {"access_token": f"token-{server.tokens}", "expires_in": 3600})

    def is_client(self, form: dict[str, list[str]], *, by_form: bool) -> bool:
        if by_form:
            return form.get("client_id") == ["companion"] and form.get("client_secret") == [CLIENT.secret]
        basic = base64.b64encode(b"companion:a+secret%3A+with+signs%2F").decode()
        return self.headers["Authorization"] == f"Basic {basic}"

    def answer(self, status: int, what: object) -> None:
        body = json.dumps(what).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture
def sso(settings: Any) -> Iterator[Any]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Sso)
    server.asked, server.tokens, server.wants_form = [], 0, False
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    settings.ETHERPAD_URL = f"http://127.0.0.1:{server.server_port}"
    settings.ETHERPAD_CLIENT_ID, settings.ETHERPAD_CLIENT_SECRET = CLIENT.client_id, CLIENT.secret
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.django_db
@pytest.mark.parametrize("wants_form", [False, True])
def test_pad_is_made_with_a_token_that_is_asked_for_once(sso: Any, wants_form: bool):
    sso.wants_form = wants_form
    session = make_session()
    link = make_pad_for(session=session, caller=organiser_of(session.event))
    assert link.read_only_id == "r.1"
    calls = [form for path, form in sso.asked if path != "/oidc/token"]
    assert len(calls) == 2
    assert all("apikey" not in form and "client_secret" not in form for form in calls)
    assert sso.tokens == 1


@pytest.mark.django_db
def test_token_that_the_server_forgot_is_asked_for_anew(sso: Any):
    session = make_session()
    make_pad_for(session=session, caller=organiser_of(session.event))
    sso.tokens = 5  # it was started again
    other = make_session(session.event)
    assert make_pad_for(session=other, caller=organiser_of(session.event)).read_only_id == "r.1"
    assert sso.tokens == 6


@pytest.mark.django_db
def test_key_that_is_refused_is_said_to_moderators_and_operators(
    sso: Any, settings: Any, caplog: pytest.LogCaptureFixture
):
    settings.ETHERPAD_CLIENT_ID, settings.ETHERPAD_API_KEY = "", "a-key"
    session = make_session()
    with caplog.at_level(logging.ERROR), pytest.raises(PadKeyRefused) as refusal:
        make_pad_for(session=session, caller=organiser_of(session.event))
    assert "does not accept our key" in str(refusal.value.message)
    assert "authenticationMethod" in caplog.text
    assert "ETHERPAD_CLIENT_ID" in caplog.text
    assert "a-key" not in caplog.text
    assert not EtherpadLink.objects.exists()


def test_wrong_secret_is_a_refused_key(sso: Any, settings: Any):
    api = own_api()
    assert api is not None
    wrong = HttpApi(api.server, "", reach(), ClientCredentials("companion", "wrong"))
    with pytest.raises(KeyRefused):
        wrong.read_only_id("agenda")
