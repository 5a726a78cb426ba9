"""Health and figures: answered on the loop, red for what is broken, and not for the public."""

import asyncio
import json
import re
from contextlib import AsyncExitStack

import pytest
from django.utils import timezone

from etherpad_links import worker_state
from etherpad_links.models import EtherpadLink, PadWorkerBeat
from opendev.core import limits, logs
from opendev.core.attendance import sign_pass
from opendev.core.batching import boxes
from opendev.core.live import hub
from opendev.home import views
from opendev.room import pad_worker
from tests.factories import make_attendee, make_poll, make_session, options_of
from tests.factories.databases import connected_to
from tests.support.databases import Redis
from tests.support.inner_server import inner
from tests.support.people import open_socket
from tests.support.server import Server
from tests.support.socket_client import connect

__all__ = ["inner"]

STRANGER = {"X-Forwarded-For": "203.0.113.7"}


def figure(text: str, name: str) -> float:
    """The value of a sample, named with its labels."""
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


@pytest.fixture
def visitor(inner):
    with inner.http() as client:
        yield client


def test_process_says_that_it_answers(visitor):
    assert visitor.get("/healthz").json() == {"status": "ok"}
    assert visitor.head("/healthz").content == b""
    assert visitor.post("/healthz").status_code == 405


def test_whole_process_is_ready(visitor):
    answer = visitor.get("/readyz")
    assert answer.json() == {
        "status": "ok",
        "checks": {"live": True, "bus": True, "database": True, "pages": True, "pads": True},
    }
    assert answer.status_code == 200


def test_process_whose_background_task_died_is_not_ready(visitor, inner):
    async def die() -> None:
        raise ZeroDivisionError

    before = list(hub.lasting)
    hub.loop.call_soon_threadsafe(hub.spawn_lasting, die())
    try:
        inner.until(lambda: len(hub.lasting) > len(before) and hub.lasting[-1].done())
        answer = visitor.get("/readyz")
        assert (answer.status_code, answer.json()["checks"]["live"]) == (503, False)
    finally:
        hub.lasting[:] = before
    assert visitor.get("/readyz").status_code == 200


def test_process_whose_pads_nobody_writes_is_not_ready(visitor, inner, monkeypatch):
    """Whether the worker died or nobody ever started one."""
    monkeypatch.setattr(pad_worker, "WATCH_S", 0.05)
    monkeypatch.setattr(worker_state, "GRACE_S", 0.0)  # that of the start

    def checks(*, pads: bool) -> bool:
        answer = visitor.get("/readyz")
        others = {name: good for name, good in answer.json()["checks"].items() if name != "pads"}
        assert all(others.values())
        assert (answer.status_code == 200) == answer.json()["checks"]["pads"]
        return answer.json()["checks"]["pads"] is pads

    link = EtherpadLink.objects.create(session=make_session(), url="https://pads.example/p/one")
    try:
        inner.until(lambda: checks(pads=False))  # nobody started one
        PadWorkerBeat.objects.create(pk=1, seen_at=timezone.now())
        inner.until(lambda: checks(pads=True))
        PadWorkerBeat.objects.update(seen_at=timezone.now() - worker_state.AWAY_AFTER)  # it died
        inner.until(lambda: checks(pads=False))
        link.delete()
        inner.until(lambda: checks(pads=True))  # nobody needs one
    finally:
        EtherpadLink.objects.all().delete()
        PadWorkerBeat.objects.all().delete()
        inner.until(lambda: checks(pads=True))


def test_every_box_that_ended_is_named(visitor, inner):
    assert {box.name for box in boxes} == {
        *("ballot-box", "answers-reader", "upvote-box", "upvotes-reader"),
        *("support-box", "supports-reader"),
        *("desk", "sign-up-desk", "sign-ups-reader", "join-desk"),
    }
    for box in boxes:
        hub.loop.call_soon_threadsafe(box.task.cancel)
        inner.until(lambda box=box: not box.is_running)
        try:
            answer = visitor.get("/readyz")
            assert (answer.status_code, answer.json()["checks"]["live"]) == (503, False)
            assert answer.json()["ended"] == [box.name]
        finally:
            box.thread = None
            box.database_thread.leave()  # another box may share it
            asyncio.run_coroutine_threadsafe(box.start(), hub.loop).result(5)
    assert visitor.get("/readyz").status_code == 200


def test_figures_tell_of_sockets_votes_batches_and_lag(visitor, inner):
    session = make_session()
    poll = make_poll(session)
    attendee = make_attendee(session)
    before = visitor.get("/metrics").text
    with open_socket(inner, session.pk, token=sign_pass(attendee), origin=None) as socket:
        options = [str(options_of(poll)["a"])]
        assert socket.ask("poll.vote", poll=str(poll.pk), options=options)["type"] == "ok"
        refused = socket.ask("poll.vote", poll=str(poll.pk), options=["999999"])
        inner.until(lambda: figure(visitor.get("/metrics").text, "companion_sockets") == 1.0)
        text = visitor.get("/metrics").text
    for name in (
        'companion_votes_total{outcome="ok"}',
        f'companion_votes_total{{outcome="{refused["code"]}"}}',
        'companion_batch_size_sum{queue="answers-reader"}',
        "companion_news_frames_total",
        "companion_tick_seconds_count",
        "companion_loop_lag_seconds_count",
    ):
        assert figure(text, name) > figure(before, name), name
    assert figure(text, 'companion_batch_size_count{queue="ballot-box"}') >= 2
    assert figure(text, "companion_bus_up") == 1.0
    assert 'companion_queue_depth{queue="ballot-box"} 0.0' in text
    inner.until(lambda: figure(visitor.get("/metrics").text, "companion_sockets") == 0.0)


def test_figures_are_not_for_the_public(visitor, settings):
    assert visitor.get("/metrics").status_code == 200
    for header in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via"):
        assert visitor.get("/metrics", headers={header: "127.0.0.1"}).status_code == 403, header
    settings.TRUSTED_ADDRESSES = ["10.0.0.0/8"]
    limits.forget_all()
    assert visitor.get("/metrics").status_code == 403


def test_token_opens_the_figures_from_anywhere_and_nothing_else_does_then(visitor, settings):
    settings.METRICS_TOKEN = "a-token-for-the-scraper"
    for headers in (
        {},
        {"Authorization": "Bearer a-token"},
        {"Authorization": "Basic a-token-for-the-scraper"},
    ):
        refused = visitor.get("/metrics", headers=headers)
        assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
    shown = visitor.get("/metrics", headers={"Authorization": "Bearer a-token-for-the-scraper", **STRANGER})
    assert shown.status_code == 200


SOCKETS = 7


async def figures_with_sockets(server: Server, session_id: int) -> set[float]:
    """What several scrapes say of the open sockets once all are counted; each may reach either worker."""
    async with AsyncExitStack() as stack:
        for _ in range(SOCKETS):
            watching = connect(server, session_id)
            client = await stack.enter_async_context(watching)
            await client.next("snapshot")
        async with asyncio.timeout(20):
            while scrape(server) != SOCKETS:
                await asyncio.sleep(0.1)
        return {scrape(server) for _ in range(12)}


def scrape(server: Server) -> float:
    with server.http() as visitor:
        return figure(visitor.get("/metrics").text, "companion_sockets")


def test_figures_of_two_workers_are_added_up_and_a_dead_one_counts_no_more(
    start_server, redis_url, django_db_blocker
):
    server = start_server(database="postgres", REDIS_URL=redis_url, WORKERS="2", start=False)
    with django_db_blocker.unblock(), connected_to(server.environment["DATABASE_URL"]):
        session = make_session()
    server.start()
    assert asyncio.run(figures_with_sockets(server, session.pk)) == {SOCKETS}
    files = list((server.folder / "metrics").glob("gauge_livesum_*.db"))
    assert len(files) == 2
    dead = files[0].with_name("gauge_livesum_99999999.db")
    dead.write_bytes(files[0].read_bytes())
    scrape(server)
    assert not dead.exists()


# --- ids and the log


def test_every_answer_has_an_id_and_a_trusted_proxy_may_name_it(visitor, settings):
    ids = {visitor.get("/").headers["X-Request-ID"] for _ in range(3)}
    assert len(ids) == 3
    assert all(one.startswith("r-") for one in ids)
    assert (
        visitor.get("/sign-in/", headers={"X-Request-ID": "proxy-0123"}).headers["X-Request-ID"]
        == "proxy-0123"
    )
    odd = visitor.get("/sign-in/", headers={"X-Request-ID": "<b>no</b> id"}).headers["X-Request-ID"]
    assert odd.startswith("r-")
    settings.TRUSTED_ADDRESSES = ["10.0.0.0/8"]
    limits.forget_all()
    assert (
        visitor.get("/sign-in/", headers={"X-Request-ID": "stranger-0123"})
        .headers["X-Request-ID"]
        .startswith("r-")
    )


def test_defect_is_logged_under_the_id_that_its_page_and_header_name(visitor, inner, caplog, monkeypatch):
    def broken(_user_id: int | None) -> None:
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(views.selectors, "events_listed_to", broken)
    formatter = logs.JsonFormatter()
    said = []
    monkeypatch.setattr(caplog.handler, "emit", lambda record: said.append(formatter.format(record)))
    answer = visitor.get("/?anew")  # "/" is kept for a second after whoever asked before
    assert answer.status_code == 500
    mark = answer.headers["X-Request-ID"]
    assert mark in answer.text
    lines = [json.loads(line) for line in said if "planted" in line]
    assert {line["id"] for line in lines} == {mark}
    assert "ZeroDivisionError" in lines[0]["traceback"]


def test_log_keeps_no_sign_in_token_code_or_row(caplog):
    paths = "/sign-in/abcDEF-123/, /s/screen/abc-1/ and /j/123456/"
    text = f"GET {paths} failed\nDETAIL:  Key (name)=(Ada) already exists.\nthen"
    kept = logs.without_secrets(text)
    assert kept == "GET /sign-in/…/, /s/screen/…/ and /j/…/ failed\nDETAIL: (left out)\nthen"
    assert logs.without_secrets("cookie not set: /join/6.YN1b-x_/") == "cookie not set: /join/…/"
    assert logs.without_secrets("/e/my/abc.ics /api/v1/events/e/my/abc/") == "/e/my/… /api/v1/events/e/my/…/"
    embed = "/s/embed/abc-1/?show=result /ws/sessions/1/embed/abc-1/"
    assert logs.without_secrets(embed) == "/s/embed/…/?show=result /ws/sessions/1/embed/…/"
    assert logs.without_secrets("/sign-in/?next=%2Fjoin%2F6.YN1b%2F") == "/sign-in/…%2Fjoin%2F…%2F"
    assert logs.without_secrets("/join/ and /e/sessions/join-us/") == "/join/ and /e/sessions/join-us/"


def test_lines_of_a_server_are_json_where_it_is_wanted_and_readiness_tells_of_the_bus(
    start_server, own_redis
):
    server = start_server(LOG_FORMAT="json", REDIS_URL=own_redis.url, demo=True)
    with server.http() as visitor:
        session = visitor.get("/api/v1/events/").json()["results"][0]["slug"]
        live = visitor.get(f"/api/v1/events/{session}/sessions/").json()["results"][0]["id"]
        asyncio.run(one_socket(server, live, own_redis))
        answer = visitor.get("/readyz")
        assert (answer.status_code, answer.json()["checks"]["bus"]) == (503, False)
    server.stop()
    lines = [json.loads(line) for line in server.log().splitlines()]
    assert [line for line in lines if not {"at", "level", "logger", "message"} <= line.keys()] == []
    assert [line["level"] for line in lines if "bus between processes is down" in line["message"]] == [
        "WARNING"
    ]


async def one_socket(server: Server, session_id: str, redis: Redis) -> None:
    """With somebody in a room the process speaks to the bus, and notices that it is gone."""
    async with connect(server, session_id) as client:
        await client.next("snapshot")
        redis.kill()
        async with asyncio.timeout(20):
            while "is down" not in server.log():
                await asyncio.sleep(0.1)


def test_server_writes_nothing_about_its_visitors(start_server):
    server = start_server()
    with server.http() as visitor:
        for path in ("/", "/join/", "/nowhere/", "/healthz", "/api/v1/events/"):
            visitor.get(path)
    server.stop()
    assert server.log() == ""
