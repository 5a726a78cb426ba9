"""An attendee's room: three queries of their own and the rest kept for all, and nothing of one person with another."""

import re
from types import SimpleNamespace

import pytest

from etherpad_links.models import EtherpadLink
from opendev.core import kept
from opendev.home import gate
from opendev.room import pages, reads, views
from tests.factories import (
    make_attendee,
    make_line,
    make_poll,
    make_question,
    make_session,
    put_name,
    record,
    vote_for,
)
from tests.factories.questions import upvote
from tests.room.pages import at, text_of

pytestmark = pytest.mark.django_db

WORDS = ("Ada Secret", "Secret Works", "ada@secret.example", "Waiting walnut?", "Written wisdom")


@pytest.fixture
def serving(monkeypatch):
    """This process takes itself for one that serves, alone, and hears nothing."""
    monkeypatch.setattr(kept, "hub", SimpleNamespace(is_whole=True, bus=None, heard_at=0.0))
    monkeypatch.setattr(kept, "LIFE_S", 600.0)
    for kept_reads in (reads.rooms, gate.events):
        kept_reads.forget()
    yield
    for kept_reads in (reads.rooms, gate.events):
        kept_reads.forget()


@pytest.fixture
def session():
    """A session with all that a room can show."""
    session = make_session(state="live")
    EtherpadLink.objects.create(session=session, url="https://pad.example/p/room")
    for number in range(3):
        make_poll(session, question=f"Question {number}?")
        make_poll(session, kind="multiple", anonymous=False)
    make_poll(session, state="published")
    for number in range(4):
        make_question(session, f"Question {number}?")
        make_line(session, title=f"Line {number}")
    return session


@pytest.fixture
def ada(session):
    """Somebody who said something everywhere, of which others may know how many it was, and no more."""
    attendee = make_attendee(session, name=WORDS[0], company=WORDS[1])
    for poll in session.polls.filter(state="live"):
        record(vote_for(poll, attendee, "b"))
    for question in session.questions.all():
        upvote(question, attendee)
    for line in session.sign_up_lines.all():
        put_name(line, attendee, name=WORDS[0], company=WORDS[1], shown=False)
    make_question(session, WORDS[3], state="waiting", attendee=attendee)
    return attendee


@pytest.fixture
def bob(session):
    return make_attendee(session)


def room_of(client, session):
    """The room as it is compared: without the time, and without how many are here."""
    shown = text_of(client.get(at(session)))
    return re.sub(r"data-present>\d+|(just now|\d+ min ago)", "", shown)


def strays(session, ada, others):
    """What of Ada is on the pages of others, who come after her."""
    room_of(ada, session)
    shown = [room_of(other, session) for other in others]
    return {word for word in WORDS for page in shown if word in page}


def test_attendees_room_takes_three_queries_and_a_visitors_none(
    serving, session, ada, bob, browser_of, django_assert_num_queries
):
    people = {"ada": browser_of(ada), "bob": browser_of(bob)}
    visitor = browser_of()
    assert visitor.get(at(session)).status_code == 200
    for client in people.values():
        with django_assert_num_queries(3):
            assert client.get(at(session)).status_code == 200
    with django_assert_num_queries(0):
        assert visitor.get(at(session)).status_code == 200


def test_page_of_what_is_kept_is_the_page_that_is_read_anew(serving, session, ada, bob, browser_of):
    for client in (browser_of(ada), browser_of(bob), browser_of()):
        room_of(client, session)
        of_kept = room_of(client, session)
        reads.rooms.forget()
        assert room_of(client, session) == of_kept


def test_all_that_is_ones_own_is_on_ones_page(serving, session, ada, bob, browser_of):
    room_of(browser_of(bob), session)
    shown = text_of(browser_of(ada).get(at(session)))
    assert WORDS[0] in shown
    assert WORDS[1] in shown
    assert WORDS[3] in shown
    assert 'data-known="yes"' in shown
    assert "userName=Ada%20Secret" in shown
    context = browser_of(ada).get(at(session)).context
    assert [card.own for card in context["lines"]] == [WORDS[0]] * 4
    assert [card.mine["upvoted"] for card in context["questions"].open] == [True] * 4
    cards = [context["on_air"], *context["waiting_polls"]]
    assert [card.own.voted for card in cards] == [True] * 6
    assert all(card.own.options for card in cards)


def test_upvote_for_a_merged_question_is_one_for_the_question_that_it_stands_in(
    serving, session, bob, browser_of
):
    first, second, *_others = session.questions.order_by("pk")
    upvote(second, bob)
    session.questions.filter(pk=second.pk).update(merged_into=first, merged_at=first.asked_at)
    shown = browser_of(bob).get(at(session)).context["questions"]
    assert [card.mine["upvoted"] for card in shown.open if card.id == str(first.pk)] == [True]


def test_nothing_of_one_person_is_on_the_page_of_another(serving, session, ada, bob, browser_of):
    assert strays(session, browser_of(ada), [browser_of(bob), browser_of()]) == set()


def test_leak_that_is_planted_into_what_is_kept_is_found(serving, session, ada, bob, browser_of, monkeypatch):
    honest, first = reads.own_reads, []

    def keep_the_first(attendee, room):
        first.append(honest(attendee, room))
        return first[0]

    monkeypatch.setattr(pages, "own_reads", keep_the_first)
    assert {WORDS[0], WORDS[1]} <= strays(session, browser_of(ada), [browser_of(bob), browser_of()])


def test_page_for_everybody_and_a_refused_form_are_read_anew(serving, session, bob, browser_of):
    visitor = browser_of()
    room_of(visitor, session)
    made = make_poll(session, question="Just now?")
    assert made.question not in room_of(visitor, session)
    refused = browser_of(bob).post(at(session, "vote", made), {"option": "x"})
    assert made.question in text_of(refused)
    later = make_poll(session, question="A moment later?")
    assert later.question in text_of(visitor.get(at(session), **{views.SHARED: "1"}))


def test_pass_that_was_revoked_names_nobody(serving, session, ada, browser_of):
    client = browser_of(ada)
    assert WORDS[0] in room_of(client, session)
    session.event.revoked_passes.create(
        attendee_id=ada.attendee_id, revoked_at=session.polls.first().launched_at
    )
    assert client.get(at(session)).context["own_name"] == ""
