"""What `cp -r var` takes along: no address that was taken back, and nothing of an anonymous poll that is final."""

import hmac
import re
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from opendev.core.attendance import new_pass, sign_pass
from polls.models import MarkKey
from sessions.access.services import make_api_token
from sessions.attendees.models import Attendee
from sessions.attendees.services.joining import Joined, read_join, record_joins
from sessions.follow_ups.services.lines import remove_name
from sessions.follow_ups.services.sign_ups import forget_expired_contacts
from sessions.programme.models import Session
from sessions.questions.services.asking import edit_question, withdraw_question
from tests.factories import (
    NOW,
    make_attendee,
    make_event,
    make_organiser,
    make_poll,
    make_question,
    make_session,
    options_of,
)
from tests.factories.databases import committing_sqlite
from tests.factories.follow_ups import make_line, put_name, withdraw
from tests.factories.sessions import organiser_of
from tests.secrecy.dumps import beside
from tests.support.inner_server import own_file
from tests.support.server import Server

__all__ = ["committing_sqlite"]

ENDS = ("", "-wal", "-shm", "-journal")
ADDRESS = "ada.of.the.secrecy.test@example.org"


def bytes_of(path: Path) -> bytes:
    """All that lies in the database's files, free pages among it."""
    return b"".join(beside(path, end).read_bytes() for end in ENDS if beside(path, end).exists())


# --- addresses


def take_back(line: Any, ada: Any, sign_up: Any) -> None:
    withdraw(line, ada)


def clear(line: Any, ada: Any, sign_up: Any) -> None:
    put_name(line, ada, email="")


def remove(line: Any, ada: Any, sign_up: Any) -> None:
    remove_name(sign_up_id=sign_up.pk, caller=organiser_of(line.session.event), now=NOW)


def replace(line: Any, ada: Any, sign_up: Any) -> None:
    put_name(line, ada, email="another@example.org", consent=True)


def outlive(line: Any, ada: Any, sign_up: Any) -> None:
    assert forget_expired_contacts(NOW + timedelta(days=400)) == 1


@pytest.mark.usefixtures("committing_sqlite")
@pytest.mark.parametrize("forget", [take_back, clear, remove, replace, outlive])
def test_address_that_is_forgotten_stands_in_no_file(forget: Callable[..., None]):
    path = Path(connection.settings_dict["NAME"])
    session = make_session()
    line, ada = make_line(session), make_attendee(session, name="Ada")
    sign_up = put_name(line, ada, email=ADDRESS, consent=True)
    assert ADDRESS.encode() in bytes_of(path)
    forget(line, ada, sign_up)
    assert ADDRESS.encode() not in bytes_of(path)


# --- what people take back of themselves

NAME = "Ada of the secrecy test"


def say(session: Any, ada: Any, **said: Any) -> None:
    [joined] = record_joins(
        [read_join(session_id=session.pk, known=ada, has_open_line=False, **said)], timezone.now()
    )
    assert isinstance(joined, Joined)


def clear_what_was_said(session: Any, ada: Any) -> Callable[[], object]:
    say(session, ada, name=NAME, company=f"{NAME} Ltd")
    return lambda: say(session, ada, name="", company=None)


def sign_up_by_another_name(session: Any, ada: Any) -> Callable[[], object]:
    line = make_line(session)
    put_name(line, ada, name=NAME)
    return lambda: put_name(line, ada, name="Grace")


def take_the_name_from_a_question(session: Any, ada: Any) -> Callable[[], object]:
    Session.objects.filter(pk=session.pk).update(questions_named=True)
    question = make_question(session, attendee=ada, name=NAME)
    return lambda: edit_question(question_id=question.pk, attendee=ada, name="")


def take_back_a_question(session: Any, ada: Any) -> Callable[[], object]:
    question = make_question(session, f"Does {NAME} know?", attendee=ada)
    return lambda: withdraw_question(question_id=question.pk, attendee=ada)


@pytest.mark.usefixtures("committing_sqlite")
@pytest.mark.parametrize(
    "entrust",
    [clear_what_was_said, sign_up_by_another_name, take_the_name_from_a_question, take_back_a_question],
)
def test_name_that_is_taken_back_stands_in_no_file(entrust: Callable[..., Callable[[], object]]):
    path = Path(connection.settings_dict["NAME"])
    session = make_session()
    take_it_back = entrust(session, make_attendee(session))
    assert NAME.encode() in bytes_of(path)
    take_it_back()
    assert NAME.encode() not in bytes_of(path)


# --- a server that goes on, beside a reader, and after its end

VOTERS = 4


class Room:
    """An anonymous poll on a server, in which people vote so slowly that each vote is a commit."""

    def __init__(self, server: Server) -> None:
        self.server, self.path = server, server.folder / "db.sqlite3"
        with own_file(self.path):
            event = make_event()
            session = make_session(event)
            self.poll = make_poll(session, now=timezone.now())
            self.options = [str(pk) for pk in options_of(self.poll).values()]
            people = Attendee.objects.bulk_create(Attendee(event=event, joined_at=NOW) for _ in range(VOTERS))
            self.passes = [new_pass(event.pk, person.pk) for person in people]
            self.token = make_api_token(
                user=make_organiser(event), name="", lasts=timedelta(days=1), now=timezone.now()
            )

    def vote_slowly(self) -> None:
        for number, who in enumerate(self.passes):
            self.vote(who, self.options[number % len(self.options)])
            time.sleep(0.2)
        with own_file(self.path):
            key = bytes(MarkKey.objects.get(poll=self.poll).key)
        self.traces = [
            key,
            *(hmac.digest(key, b"%d" % who.attendee_id, "sha256")[:16] for who in self.passes),
        ]

    def vote(self, who: Any, option: str) -> None:
        with self.rest(sign_pass(who)) as phone:
            answer = phone.put(f"/api/v1/polls/{self.poll.pk}/ballot/", json={"options": [option]})
        assert answer.status_code == 200, answer.text

    def close(self) -> None:
        with self.rest(self.token) as moderator:
            answer = moderator.put(f"/api/v1/polls/{self.poll.pk}/state/", json={"state": "closed"})
        assert answer.status_code == 200, answer.text

    def rest(self, token: str) -> Any:
        return self.server.http(headers={"Authorization": f"Bearer {token}"})

    def is_final(self, path: Path) -> bool:
        with closing(sqlite3.connect(path)) as reader:
            query = "SELECT finalised_at FROM polls_poll WHERE id = ?"
            return reader.execute(query, [self.poll.pk]).fetchone()[0] is not None

    def traces_in(self, path: Path) -> int:
        """How many marks, and the key to them, still lie in the files."""
        found = bytes_of(path)
        return sum(trace in found for trace in self.traces)


def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


@pytest.fixture
def room(start_server: Any, django_db_blocker: Any) -> Room:
    server = start_server(start=False)
    with django_db_blocker.unblock():
        room = Room(server)
        server.start()
        room.vote_slowly()
    return room


def test_final_poll_leaves_nothing_in_the_files_of_a_server_that_goes_on_and_after_its_end(
    room: Room, tmp_path: Path
):
    assert room.traces_in(room.path) == len(room.traces)
    room.close()
    until(lambda: room.is_final(room.path), "the poll is final")
    until(lambda: room.traces_in(room.path) == 0, "the log is empty")
    room.server.stop()
    assert room.traces_in(room.path) == 0
    room.server.start()
    assert room.traces_in(room.path) == 0


def test_reader_that_stays_delays_it_and_holds_up_no_vote(room: Room):
    with closing(sqlite3.connect(room.path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM polls_ballot").fetchone()
        room.close()
        until(lambda: room.is_final(room.path), "the poll is final")
        time.sleep(1)
        assert room.traces_in(room.path) > 0, "the reader holds the log"
        with room.rest(room.token) as moderator:
            began = time.monotonic()
            for _ in range(10):
                lines = f"/api/v1/sessions/{room.poll.session_id}/sign-up-lines/"
                assert moderator.post(lines, json={"title": f"A line {time.monotonic()}"}).status_code == 201
            assert time.monotonic() - began < 4, "writers were held up"
        reader.execute("COMMIT")
        until(lambda: room.traces_in(room.path) == 0, "the log is empty once the reader has gone")


def test_after_a_stop_the_file_alone_holds_every_acknowledged_vote_and_the_close(room: Room, tmp_path: Path):
    room.close()
    room.server.stop()
    log = beside(room.path, "-wal")
    assert not log.exists() or log.stat().st_size == 0
    alone = Path(shutil.copyfile(room.path, tmp_path / "alone.sqlite3"))
    with closing(sqlite3.connect(alone)) as reader:
        reader.create_function("REGEXP", 2, lambda pattern, text: bool(re.search(pattern, text)))
        assert reader.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert reader.execute("SELECT count(*) FROM polls_selection").fetchone() == (VOTERS,)
        query = "SELECT state, ballots FROM polls_poll WHERE id = ?"
        assert reader.execute(query, [room.poll.pk]).fetchone() == ("closed", VOTERS)
