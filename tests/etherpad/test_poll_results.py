"""A published poll's result stands in the notes: once, right, and only while everybody may see it."""

import time

from etherpad_links.models import PadLine, PadName
from etherpad_links.sync.rounds import QUIET_S
from polls.models import Poll
from polls.services import run_again, set_poll_state
from sessions.follow_ups.models import SignUp
from sessions.follow_ups.services.lines import remove_name
from tests.etherpad.conftest import BODY, Room, wait_until
from tests.factories import NOW, make_attendee, make_line, make_poll, put_name, record, vote_for
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


def test_result_below_a_block_is_nobody_and_later_names_stay_above_it(room: Room, start_worker):
    line = make_line(room.session, "Alpha group")
    poll = make_poll(room.session, options=("Metal", "Machines"), visibility="always")
    put_name(line, make_attendee(room.session, name="Ada One"))
    worker = start_worker()
    wait_until(lambda: PadName.objects.filter(state="written").exists())
    publish(room, poll, Metal=1)
    wait_until(lambda: len(passage(room, poll)) == 4)
    put_name(line, make_attendee(room.session, name="Bea Two"))
    wait_until(lambda: room.under("Alpha group") == ["Ada One", "Bea Two"])
    time.sleep(QUIET_S + 1.5)
    assert not SignUp.objects.filter(source="pad").exists()
    worker.stop()
    leave_what_used_to_be_left(line, passage(room, poll))
    start_worker()
    wait_until(lambda: not SignUp.objects.filter(source="pad", withdrawn_at=None, removed_at=None).exists())
    assert passage(room, poll)[1:3] == ["* Metal: 1 vote, 100%", "* Machines: 0 votes, 0%"]
    second = make_line(room.session, "Beta group")
    put_name(second, make_attendee(room.session, name="Cid Three"))
    wait_until(lambda: PadLine.objects.filter(line=second, state="ok").exists())
    wait_until(lambda: room.under("Beta group") == ["Cid Three"])
    assert room.under("Alpha group") == ["Ada One", "Bea Two"]


def leave_what_used_to_be_left(line, lines: list[str]) -> None:
    """Names that were read from our own lines; a moderator has removed one of them."""
    for nth, text in enumerate(lines):
        name = text.removeprefix("* ")
        claim = SignUp.objects.create(line=line, name=name, source="pad", signed_up_at=NOW)
        PadName.objects.create(sign_up=claim, state="written", text=name, revision=1, written_at=NOW)
        if nth == 1:
            remove_name(sign_up_id=claim.pk, caller=organiser_of(line.session.event), now=NOW)
