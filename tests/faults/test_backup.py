"""A backup while a room votes: what was acknowledged before it is in it, and no vote waits for it."""

import asyncio
import json
import random
import tarfile
import time
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.factories.databases import connected_to
from tests.faults.crowd import Voter, living
from tests.faults.stage import Stage
from tests.support.inner_server import own_file

PEOPLE, PEOPLE_IN_SOAK = 60, 300
BEFORE_S, AFTER_S, PAUSE_S = 3.0, 0.5, (0.5, 1.5)
LONGEST_WAIT_S = 1.0

pytestmark = [pytest.mark.timeout(180)]


class TimedVoter(Voter):
    """Remembers when each of its votes was sent and acknowledged."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.votes: list[tuple[float, float, int, str]] = []

    async def vote(self) -> None:
        sent = time.time()
        await super().vote()
        assert self.acknowledged is not None
        self.votes.append((sent, time.time(), *self.acknowledged))

    async def vote_until(self, is_over: asyncio.Event) -> None:
        while not is_over.is_set():
            await asyncio.sleep(self.chance.uniform(*PAUSE_S))
            await self.vote()

    def known_at(self, moment: float) -> tuple[int, str] | None:
        """The newest vote that was acknowledged before."""
        votes = [(seq, option) for _sent, acknowledged, seq, option in self.votes if acknowledged < moment]
        return votes[-1] if votes else None


@pytest.fixture(params=["sqlite", "postgresql"])
def stage(request: Any, start_server: Any, django_db_blocker: Any, soaks: bool) -> Any:
    people = PEOPLE_IN_SOAK if soaks else PEOPLE
    with django_db_blocker.unblock():
        if request.param == "sqlite":
            server = start_server(start=False)
            made = Stage(server, partial(own_file, server.folder / "db.sqlite3"), size=people)
        else:
            url = request.getfixturevalue("fresh_database")()
            server = start_server(database=url, start=False)
            made = Stage(server, partial(connected_to, url), size=people)
        made.start()
        yield made


async def vote_during_a_backup(
    stage: Stage, voters: list[TimedVoter], folder: Path
) -> tuple[str, float, float]:
    """The backup's file, and when it began and ended."""
    async with living(voters):
        is_over = asyncio.Event()
        voting = [asyncio.ensure_future(voter.vote_until(is_over)) for voter in voters]
        await asyncio.sleep(BEFORE_S)
        began = time.time()
        path = (await asyncio.to_thread(stage.server.manage, "backup", str(folder))).strip()
        ended = time.time()
        await asyncio.sleep(AFTER_S)
        is_over.set()
        await asyncio.gather(*voting)
        return path, began, ended


def waits_of(voters: list[TimedVoter], begin: float, end: float) -> list[float]:
    """How long the votes of a time waited for their acknowledgement."""
    return [
        acknowledged - sent
        for voter in voters
        for sent, acknowledged, _seq, _option in voter.votes
        if acknowledged > begin and sent < end
    ]


async def vote_once(voters: list[TimedVoter]) -> None:
    async with living(voters):
        await asyncio.gather(*(voter.vote() for voter in voters))


def test_backup_holds_each_vote_that_was_acknowledged_before_and_holds_up_none(
    stage: Stage, tmp_path: Path, seed: int
):
    chance = random.Random(seed)
    voters = [TimedVoter(*person) for person in stage.voter_arguments(chance)]
    path, began, ended = asyncio.run(vote_during_a_backup(stage, voters, tmp_path))
    with tarfile.open(path) as tar:
        file = tar.extractfile("manifest.json")
        assert file is not None
        moment = datetime.fromisoformat(json.load(file)["made_at"]).timestamp()
    assert began < moment < ended
    before, during = waits_of(voters, 0.0, began), waits_of(voters, began, ended)
    print(
        f"{len(voters)} people, {len(during)} votes during {ended - began:.2f} s: "
        f"longest {max(during):.3f} s, before {max(before):.3f} s"
    )
    assert len(during) > len(voters) // 2
    assert max(during) < max(before) + LONGEST_WAIT_S  # a busy machine holds up votes by itself

    stage.server.stop()
    stage.server.manage("restore", path)
    stored = stage.truth()
    missing = [
        (known, stored.get(one.attendee_id))
        for one, voter in zip(stage.passes, voters, strict=False)
        if (known := voter.known_at(moment)) is not None
        and (stored.get(one.attendee_id, (0, ""))[0] < known[0] or _differs(stored[one.attendee_id], known))
    ]
    assert missing == []
    assert sum(voter.known_at(moment) is not None for voter in voters) > len(voters) // 3
    assert stage.count_doubled() == stage.count_wrong_tallies() == 0

    stage.start()
    asyncio.run(vote_once(voters))
    stored = stage.truth()
    assert [
        v for p, v in zip(stage.passes, voters, strict=False) if stored[p.attendee_id] != v.acknowledged
    ] == []


def _differs(stored: tuple[int, str], known: tuple[int, str]) -> bool:
    """The same vote with another choice; a later vote may have another."""
    return stored[0] == known[0] and stored[1] != known[1]
