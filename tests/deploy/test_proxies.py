"""The examples for nginx, HAProxy and Caddy: TLS, HTTP/2, sockets, the client's address, administration, reloads."""

import asyncio
import json
import os
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import pytest
import websockets
from websockets.protocol import State

from tests.deploy.authority import NAME, Authority
from tests.deploy.proxies import Caddy, Haproxy, Nginx, Proxy
from tests.support.programs import free_port

pytestmark = [pytest.mark.timeout(900), pytest.mark.usefixtures("deploying")]

PHONE, OTHER_PHONE, OFFICE = "127.0.0.9", "127.0.0.10", "127.0.0.70"
UPLOADS = "/api/v1/events/opendev-containers-in-production/schedules/"
SOCKETS = 20
IDLE_S = float(os.environ.get("IDLE_S", "25"))  # longer than the server's ping; 600 shows ten minutes
BACK_WITHIN_S = 3.0


class Site:
    """The product behind a proxy, as somebody at an address sees it."""

    def __init__(self, proxy: Proxy, server: Any) -> None:
        self.proxy, self.server = proxy, server
        self.trust = ssl.create_default_context(cafile=str(proxy.authority.ca))
        self.origin = f"https://{NAME}:{proxy.https}"

    def http(self, address: str = PHONE, **headers: str) -> httpx.Client:
        return httpx.Client(
            transport=httpx.HTTPTransport(verify=self.trust, local_address=address),
            base_url=f"https://127.0.0.1:{self.proxy.https}",
            headers={"Host": f"{NAME}:{self.proxy.https}", "Origin": self.origin, **headers},
            timeout=20,
        )

    def curl(self, url: str, *options: str) -> dict[str, Any]:
        """What curl says of a page, by HTTP/2 where the proxy offers it."""
        where = [
            word
            for port in (self.proxy.https, self.proxy.http)
            for word in ("--resolve", f"{NAME}:{port}:127.0.0.1")
        ]
        command = ["curl", "-s", "-o", "/dev/null", "-w", "%{json}", "--cacert", str(self.proxy.authority.ca)]
        answer = subprocess.run(
            [*command, *where, *options, url], check=True, capture_output=True, text=True, timeout=60
        )
        return json.loads(answer.stdout)

    @asynccontextmanager
    async def socket(self, session: str, token: str) -> Any:
        call = socket.create_connection(("127.0.0.1", self.proxy.https), source_address=(PHONE, 0))
        async with websockets.connect(
            f"wss://{NAME}:{self.proxy.https}/ws/sessions/{session}/",
            sock=call,
            ssl=self.trust,
            origin=websockets.Origin(self.origin),
            additional_headers={"Authorization": f"Bearer {token}"},
            compression=None,
            ping_interval=None,
        ) as connection:
            assert json.loads(await connection.recv())["type"] == "snapshot"
            yield connection

    @cached_property
    def session(self) -> str:
        with self.http() as visitor:
            events = visitor.get("/api/v1/events/").json()["results"]
            sessions = visitor.get(f"/api/v1/events/{events[0]['slug']}/sessions/").json()["results"]
        return next(one["id"] for one in sessions if one["state"] == "live")

    @cached_property
    def poll(self) -> dict[str, Any]:
        token = self.server.manage("api_token", "organiser").strip()
        with self.http(Authorization=f"Bearer {token}") as organiser:
            made = organiser.post(
                f"/api/v1/sessions/{self.session}/polls/",
                json={"question": "Here?", "options": [{"text": "yes"}, {"text": "no"}]},
            )
            assert made.status_code == 201, made.text
            live = organiser.put(f"/api/v1/polls/{made.json()['id']}/state/", json={"state": "live"})
            assert live.status_code == 200, live.text
            return live.json()

    def join(self) -> str:
        with self.http() as visitor:
            joined = visitor.post(f"/api/v1/sessions/{self.session}/attendees/", json={})
        assert joined.status_code == 201, joined.text
        return joined.json()["token"]


@pytest.fixture(params=[Nginx, Haproxy, Caddy], ids=lambda kind: kind.program)
def site(request: Any, start_server: Any, tmp_path: Path) -> Iterator[Site]:
    folder = tmp_path / "proxy"
    folder.mkdir()
    folder.chmod(0o755)
    port = free_port()
    proxy = request.param(folder, Authority(folder), port)
    server = start_server(
        demo=True,
        start=False,
        PUBLIC_URL=f"https://{NAME}:{proxy.https}",
        TRUSTED_ADDRESSES="127.0.0.1",
        LIMITS="wrong_code=3/minute",
    )
    server.port = port
    server.environment["PORT"] = str(port)
    server.start()
    try:
        proxy.start()
        yield Site(proxy, server)
    finally:
        proxy.stop()


def wrong_code(site: Site, address: str, **headers: str) -> int:
    with site.http(address, **headers) as visitor:
        form = visitor.get("/join/")
        token = form.text.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
        data = {"code": "000000", "csrfmiddlewaretoken": token}
        return visitor.post("/join/", data=data, headers={"Referer": f"{site.origin}/join/"}).status_code


def test_example_carries_pages_sockets_and_the_clients_address(site: Site, capsys: Any):
    figures = {
        **pages(site),
        **addresses(site),
        **asyncio.run(sockets(site)),
    }
    with capsys.disabled():
        print(f"\n  {site.proxy.program}: " + ", ".join(f"{name} {value}" for name, value in figures.items()))


def pages(site: Site) -> dict[str, Any]:
    led = site.curl(f"http://{NAME}:{site.proxy.http}/join/")
    assert led["http_code"] in {301, 308}
    assert led["redirect_url"].startswith("https://")
    page = site.curl(f"{site.origin}/join/", "--http2")
    assert (page["http_code"], page["http_version"]) == (200, "2")
    with site.http() as visitor:
        assert visitor.get("/").headers["strict-transport-security"].startswith("max-age=")
        assert visitor.get("/healthz").status_code == 200
        assert visitor.get("/metrics").status_code in {403, 404}
        large = visitor.post(UPLOADS, content=b"x" * 2_000_000)
        assert large.status_code in {401, 403}, large.text  # it was let through
        assert visitor.get("/admin/login/").status_code == site.proxy.refuses_admin_with
    with site.http(OFFICE) as visitor:
        assert visitor.get("/admin/login/").status_code == 302
    return {"page by HTTP/2": f"{page['time_total']:.3f} s"}


def addresses(site: Site) -> dict[str, Any]:
    answers = [
        wrong_code(site, PHONE, **{"X-Forwarded-For": f"203.0.113.{n}", "Forwarded": f"for=203.0.113.{n}"})
        for n in range(4)
    ]
    assert answers[-1] == 429, answers
    assert 429 not in answers[:3]
    assert wrong_code(site, OTHER_PHONE) != 429
    return {"limits": "by the client's address"}


async def sockets(site: Site) -> dict[str, Any]:
    poll, token = site.poll, site.join()
    option = poll["options"][0]["id"]
    async with site.socket(site.session, token) as connection:
        vote = {"type": "poll.vote", "ref": 1, "poll": poll["id"], "options": [option], "seq": 1}
        began = time.monotonic()
        await connection.send(json.dumps(vote))
        while (frame := json.loads(await connection.recv())).get("ref") != 1:
            pass
        assert frame["type"] == "ok", frame
        voted = time.monotonic() - began
        await asyncio.sleep(IDLE_S)
        assert connection.state is State.OPEN
    async with AsyncExitStack() as stack:
        open_ones = [
            await stack.enter_async_context(site.socket(site.session, token)) for _ in range(SOCKETS)
        ]
        await asyncio.to_thread(site.proxy.reload)
        await asyncio.sleep(BACK_WITHIN_S)
        kept = sum(one.state is State.OPEN for one in open_ones)
    assert kept == (SOCKETS if site.proxy.keeps_sockets_at_reload else 0)
    async with site.socket(site.session, token):
        pass
    return {
        "vote": f"{voted:.3f} s",
        "silent for": f"{IDLE_S:.0f} s",
        "kept at a reload": f"{kept} of {SOCKETS}",
    }
