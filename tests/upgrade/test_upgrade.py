"""A database of an earlier version, with data in it, migrates and serves: nothing is lost, and old passes still vote.

`1920946.sql` is what SQLite's `.dump` says of a database that the services of commit 1920946 filled. Its people are
invented. It is never edited: who finds that it does not migrate mends the migration.
"""

import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from opendev.core.attendance import new_pass, sign_pass
from tests.support.server import Server

DUMP = Path(__file__).with_name("1920946.sql")
EVENT, SESSION = "harbour-days", 1
# Attendees and the secrets of their devices, of which the keys of their ballots were made.
ANE, BO = (1, "14ef14c020ffee0de1bd9c161cd8f50f"), (2, "75bf7265ba884a80c49777c5cbfdb895")


@pytest.fixture
def old_server(start_server: Any, tmp_path: Path) -> Server:
    path = tmp_path / "old.sqlite3"
    with closing(sqlite3.connect(path)) as database:
        # Constraints of ours ask for it; Django brings it along.
        database.create_function("REGEXP", 2, lambda pattern, text: bool(re.search(pattern, str(text))))
        database.executescript(DUMP.read_text(encoding="utf-8"))
    server: Server = start_server(database=f"sqlite:///{path}", start=False)
    server.manage("migrate", "--noinput", "--verbosity=0")
    return server


def held_by(person: tuple[int, str]) -> dict[str, str]:
    """The header that the device of an attendee sends; its pass was renewed since."""
    attendee, secret = person
    token = sign_pass(replace(new_pass(1, attendee), device_secret=secret))
    return {"Authorization": f"Bearer {token}"}


def tallies(client: httpx.Client, headers: dict[str, str]) -> dict[str, dict[str, int]]:
    polls = client.get(f"/api/v1/sessions/{SESSION}/polls/", headers=headers).json()["results"]
    return {poll["question"]: {o["text"]: o["count"] for o in poll["options"]} for poll in polls}


def test_database_of_1920946_keeps_what_it_held_and_serves(old_server: Server):
    old_server.manage("recount")  # every tally is what the ballots say
    organiser = {"Authorization": f"Bearer {old_server.manage('api_token', 'organiser').strip()}"}
    old_server.start()
    with old_server.http() as visitor:
        assert tallies(visitor, organiser) == {
            "What goes first?": {"Lamp": 2, "Lens": 1},
            "Which light?": {"Red": 1, "White": 2, "Green": 0},
            "Fog horn?": {"Yes": 1, "No": 1},
            "How many keepers?": {"One": 0, "Two": 0},
        }
        lines = visitor.get(f"/api/v1/sessions/{SESSION}/sign-up-lines/").json()["results"]
        assert [(line["title"], line["count"]) for line in lines] == [("Keepers meet at the pier", 3)]
        questions = visitor.get(f"/api/v1/sessions/{SESSION}/questions/").json()["results"]
        assert {row["text"]: row["votes"] for row in questions} == {
            "And in fog?": 2,
            "Who trims the wick?": 0,
        }
        people = visitor.get(f"/api/v1/events/{EVENT}/export/?people=1", headers=organiser)
        assert people.status_code == 200
        for path in ("/", f"/{EVENT}/", f"/{EVENT}/sessions/lighthouses/", f"/{EVENT}/follow-ups/"):
            page = visitor.get(path)
            assert page.status_code == 200, path
        assert "Ane Strand" in page.text
        assert "Dag Odde" in page.text
        assert "Bo Vik" not in page.text
        assert "Cy Holm" not in page.text


def test_passes_of_1920946_find_their_ballots_and_vote_on(old_server: Server):
    old_server.start()
    with old_server.http() as device:
        [poll] = [
            poll
            for poll in device.get(f"/api/v1/sessions/{SESSION}/polls/").json()["results"]
            if poll["question"] == "Fog horn?"
        ]
        options = {option["text"]: option["id"] for option in poll["options"]}
        ballot = f"/api/v1/polls/{poll['id']}/ballot/"
        assert device.get(ballot, headers=held_by(ANE)).json()["options"] == [options["Yes"]]
        changed = device.put(ballot, json={"options": [options["No"]]}, headers=held_by(ANE))
        assert changed.status_code == 200, changed.text
        assert tallies(device, held_by(BO))["Fog horn?"] == {"Yes": 0, "No": 2}
    old_server.manage("recount")
