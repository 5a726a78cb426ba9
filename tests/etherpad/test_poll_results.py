"""A published poll's result stands in the notes: once, right, and only while everybody may see it."""

from polls.models import Poll
from polls.services import run_again, set_poll_state
from tests.etherpad.conftest import BODY, Room, wait_until
from tests.factories import NOW, make_attendee, make_poll, record, vote_for
from tests.factories.sessions import organiser_of

MARK = "[poll-{}]"


def publish(room: Room, poll: Poll, **votes: int) -> None:
    for option, count in votes.items():
        for _ in range(count):
            record(vote_for(poll, make_attendee(room.session), option))
    move(room, poll, "closed", "published")


def move(room: Room, poll: Poll, *states: str) -> None:
    for state in states:
        set_poll_state(poll_id=poll.pk, caller=organiser_of(room.session.event), state=state, now=NOW)


def passage(room: Room, poll: Poll) -> list[str]:
    """The lines from the marker to the next blank one."""
    lines = room.lines
    at = next((n for n, line in enumerate(lines) if MARK.format(poll.first_round_id) in line), None)
    return [] if at is None else lines[at : lines.index("", at)]


def test_result_is_written_once_when_it_is_published(room: Room, start_worker):
    poll = make_poll(room.session, options=("a", "b"), visibility="after_publishing")
    start_worker()
    record(vote_for(poll, make_attendee(room.session), "a"))
    move(room, poll, "closed")
    wait_until(lambda: room.link.__class__.objects.get().health == "ok")
    assert passage(room, poll) == []
    move(room, poll, "published")
    lines = wait_until(lambda: passage(room, poll))
    assert lines[0].endswith(f": {poll.question} {MARK.format(poll.pk)}")
    assert lines[1:3] == ["* a: 1 vote, 100%", "* b: 0 votes, 0%"]
    assert lines[3].startswith("1 voted. 28 April 2020, 15:00 UTC. http")
    assert room.text.startswith(BODY.rstrip("\n"))


def test_result_is_corrected_in_place_when_the_poll_is_run_again(room: Room, start_worker, typist):
    poll = make_poll(room.session, options=("a", "b"), visibility="always")
    publish(room, poll, a=1)
    start_worker()
    wait_until(lambda: passage(room, poll))
    typist.below("Notes", "something above")
    again = run_again(poll_id=poll.pk, caller=organiser_of(room.session.event), now=NOW)
    move(room, again, "live")
    publish(room, again, b=2)
    wait_until(lambda: "* b: 2 votes, 100%" in passage(room, poll))
    lines = wait_until(
        lambda: passage(room, poll)[1:3] == ["* a: 0 votes, 0%", "* b: 2 votes, 100%"] and passage(room, poll)
    )
    assert "round 2" in lines[0]
    assert room.text.count(MARK.format(poll.pk)) == 1


def test_result_that_is_hidden_stays_out(room: Room, start_worker):
    hidden = make_poll(room.session, options=("a", "b"), visibility="moderators")
    shown = make_poll(room.session, options=("c", "d"), visibility="always")
    publish(room, hidden, a=1)
    publish(room, shown, c=1)
    start_worker()
    wait_until(lambda: passage(room, shown))
    assert passage(room, hidden) == []
    assert "[poll-" in room.text


def test_line_that_people_changed_is_theirs(room: Room, start_worker, typist):
    poll = make_poll(room.session, options=("a", "b"), visibility="always")
    publish(room, poll, a=1)
    start_worker()
    wait_until(lambda: passage(room, poll))
    typist.rewrite("* a: 1 vote, 100%", "* a won, as we all knew")
    again = run_again(poll_id=poll.pk, caller=organiser_of(room.session.event), now=NOW)
    move(room, again, "live")
    publish(room, again, b=2)
    wait_until(lambda: passage(room, poll)[2:3] == ["* b: 2 votes, 100%"])
    assert passage(room, poll)[1] == "* a won, as we all knew"


def test_result_that_is_taken_back_leaves_the_notes(room: Room, start_worker):
    poll = make_poll(room.session, options=("a", "b"), visibility="after_publishing")
    publish(room, poll, a=1)
    start_worker()
    wait_until(lambda: passage(room, poll))
    move(room, poll, "closed")
    wait_until(lambda: passage(room, poll) == [])
    assert room.text.rstrip("\n") == BODY.rstrip("\n")
