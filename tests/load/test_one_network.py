"""An office of 300 behind one address gets in at once; a script with 300 cookies is slowed, and the moderators hear."""

import asyncio
import json

import httpx
import pytest
from websockets.asyncio.client import connect as websocket
from websockets.sync.client import connect as blocking_websocket

from opendev.core.newcomers import newcomers
from tests.factories import make_moderator, make_poll, make_session, options_of
from tests.support.inner_server import inner
from tests.support.people import CSRF, person, watch_rest

__all__ = ["inner", "person", "watch_rest"]

PEOPLE, AT_ONCE = 300, 30
OFFICE, SCRIPT = {"X-Forwarded-For": "203.0.113.7"}, {"X-Forwarded-For": "203.0.113.8"}


async def arrive(server, session, sockets) -> int:
    """Join by REST and open the socket at once, as a page does; the status of the joining."""
    async with httpx.AsyncClient(
        base_url=server.url, headers=OFFICE, trust_env=False, verify=False, timeout=30
    ) as phone:
        joined = await phone.post(f"/api/v1/sessions/{session.pk}/attendees/", json={})
    if joined.status_code == 201:
        headers = {**OFFICE, "Authorization": f"Bearer {joined.json()['token']}"}
        address = f"{server.socket_url}/ws/sessions/{session.pk}/"
        sockets.append(await websocket(address, additional_headers=headers, compression=None, proxy=None))
        assert json.loads(await sockets[-1].recv())["type"] == "snapshot"
    return joined.status_code


async def office_arrives(server, session) -> list[int]:
    sockets, waiting = [], asyncio.Semaphore(AT_ONCE)

    async def one() -> int:
        async with waiting:
            return await arrive(server, session, sockets)

    try:
        return await asyncio.gather(*(one() for _ in range(PEOPLE)))
    finally:
        await asyncio.gather(*(socket.close() for socket in sockets))


def test_office_of_300_behind_one_address_gets_in_at_once_and_is_not_told_of(inner):
    session = make_session()
    assert set(asyncio.run(office_arrives(inner, session))) == {201}
    assert newcomers.unusual_sessions() == {}


@pytest.mark.timeout(120)
def vote_by_socket(inner, poll, option, token):
    """What a page of the script's network is answered."""
    headers = {**SCRIPT, "Authorization": f"Bearer {token}"}
    address = f"{inner.socket_url}/ws/sessions/{poll.session_id}/"
    with blocking_websocket(address, additional_headers=headers, compression=None, proxy=None) as page:
        page.recv()
        page.send(json.dumps({"type": "poll.vote", "ref": 1, "poll": str(poll.pk), "options": [option]}))
        while (answer := json.loads(page.recv())).get("ref") != 1:
            pass
        return answer


def test_script_with_300_cookies_is_slowed_and_told_to_the_moderators_alone(inner, person):
    session = make_session()
    poll = make_poll(session)
    option = str(options_of(poll)["a"])
    moderator = person(user=make_moderator(session))
    control = session.address("control")
    assert 'data-unusual="joins" hidden' in moderator.get(control).text
    with (
        httpx.Client(
            base_url=f"{inner.url}/api/v1/", headers=SCRIPT, trust_env=False, verify=False
        ) as script,
        moderator.socket(session.pk, view="control") as watching,
        moderator.socket(session.pk) as other,
    ):
        assert watching.snapshot["joins"] == "usual"
        assert "joins" not in other.snapshot
        joins = [script.post(f"sessions/{session.pk}/attendees/", json={}) for _ in range(PEOPLE)]
        tokens = [answer.json()["token"] for answer in joins if answer.status_code == 201]
        assert watching.next("presence", joins="unusual")["unusual"] == ["joins"]
        refusals = [script.post(f"sessions/{session.pk}/attendees/", json={}) for _ in range(40)]
        refusals = [answer for answer in refusals if answer.status_code != 201]
        assert {answer.json()["code"] for answer in refusals} == {"too_often"}
        assert 1 <= int(refusals[-1].headers["Retry-After"]) <= 60
        votes = [
            script.put(
                f"polls/{poll.pk}/ballot/",
                json={"options": [option]},
                headers={"Authorization": f"Bearer {token}"},
            ).status_code
            for token in tokens
        ]
        assert votes.count(429) > votes.count(200)
        assert 'data-unusual="joins" hidden' not in moderator.get(control).text
        assert [frame for frame in other.drain() if "joins" in frame] == []
        # Somebody of the same network who opens the page votes as before.
        assert vote_by_socket(inner, poll, option, tokens[-1])["type"] == "ok"


def test_page_that_joins_is_seen_by_the_room_it_is_led_to(inner):
    session = make_session()
    with httpx.Client(
        base_url=inner.url, headers=OFFICE, cookies={"csrftoken": CSRF}, trust_env=False, verify=False
    ) as phone:
        joined = phone.post(f"/j/{session.code}/", headers={"X-CSRFToken": CSRF}, follow_redirects=True)
    assert joined.status_code == 200
    inner.until(lambda: not newcomers.networks_of)
