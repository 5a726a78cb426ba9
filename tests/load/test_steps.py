"""Two moderators go on at the same moment on different workers: one step each time, and every screen shows it."""

import asyncio
import threading
from contextlib import AsyncExitStack, suppress
from typing import Any

import pytest
from django.utils import timezone

from opendev.core.attendance import Caller
from sessions.programme.models import Session
from sessions.run_sheet.models import RunSheet, RunSheetItem
from sessions.run_sheet.selectors import sheet_with_items
from sessions.run_sheet.services.additions import append_items
from sessions.run_sheet.services.plan import NewItem
from sessions.timeline.models import TimelineEntry
from tests.factories import make_poll
from tests.load.test_moderators import MANY_PAIRS, PAIRS, PATIENCE_S, Hand, Screen, Stage, in_thread, stage
from tests.support.socket_client import SocketClient, connect

__all__ = ["stage"]


class Plan(Screen):
    """A moderator's socket that keeps what it was told of the run sheet."""

    def __init__(self, client: SocketClient, session: int) -> None:
        self.sheet: dict[str, Any] = {}
        super().__init__(client, session, moderates=True)

    async def read(self) -> None:
        while True:
            frame = await self.client.receive()
            told = frame.get("run_sheet")
            if told and told["version"] > self.sheet.get("version", -1):
                self.sheet = told


def press_next_at_once(stage: Stage, session: int, seen: str, close: str | None) -> list[str]:
    """Both moderators press "next" with the same item before their eyes, or "close and go on" with the same poll; the
    codes of their answers, in order.
    """
    start = threading.Barrier(2)
    body = {"seen": seen, "close": close}

    def press(hand: Hand) -> str:
        start.wait(20)
        status, said = hand.ask("POST", f"/api/v1/sessions/{session}/run-sheet/next/", body)
        assert status < 500, said
        return "" if status < 400 else said["code"]

    return sorted(act.result(30) for act in [stage.pool.submit(press, hand) for hand in stage.ready_hands()])


def step_through(stage: Stage, session: Session) -> list[Any]:
    """Go through a session's plan, every other step with a live poll that closes; what was wrong with a step."""
    wrong, seen = [], ""
    for item in RunSheetItem.objects.filter(session=session).order_by("position"):
        poll = make_poll(session, state="live", now=timezone.now()) if item.position % 2 else None
        codes = press_next_at_once(stage, session.pk, seen, str(poll.pk) if poll else None)
        running = RunSheet.objects.get(session=session).running_id
        closed = (
            TimelineEntry.objects.filter(session=session, verb="poll.closed", subject=poll.pk) if poll else ()
        )
        if (codes, running, len(closed)) != (["", "changed_meanwhile"], item.pk, 1 if poll else 0):
            wrong.append((item.position, codes, running, item.pk, list(closed)))
        seen = str(running or "")
    return wrong


@pytest.mark.slow
def test_two_moderators_who_press_next_at_once_go_one_step_each_time(stage: Stage, soaks: bool):
    sessions, steps = stage.sessions[:2], MANY_PAIRS if soaks else PAIRS
    for session in sessions:
        notes = [NewItem("note", f"Item {n}", 1) for n in range(steps // 2)]
        caller = Caller(user_id=session.event.organisers.get().pk)
        append_items(session_id=session.pk, caller=caller, items=notes)

    async def play() -> tuple[list[Any], list[str], list[str]]:
        async with AsyncExitStack() as stack:
            screens = []
            for session in sessions * 4:
                opened = connect(stage.server, session.pk, token=stage.token, origin=None)
                screens.append(Plan(await stack.enter_async_context(opened), session.pk))
            wrong: list[Any] = []
            for session in sessions:
                wrong += await in_thread(step_through, stage, session)
            wanted = await in_thread(
                lambda: [str(sheet_with_items(s.session).sheet.running_id) for s in screens]
            )
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE_S):
                    while [screen.sheet.get("running") for screen in screens] != wanted:
                        await asyncio.sleep(0.05)
            for screen in screens:
                screen.reading.cancel()
            return wrong, [screen.sheet["running"] for screen in screens], wanted

    wrong, shown, wanted = asyncio.run(play())
    assert wrong == []
    assert shown == wanted
    started = TimelineEntry.objects.filter(session__in=sessions, verb="item.started")
    assert started.count() == steps
