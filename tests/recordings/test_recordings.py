"""Recordings: links and frames by provider, chapters from what happened, and nothing loaded unasked."""

from datetime import timedelta

import pytest

from opendev.core.errors import Malformed, NotFound
from opendev.recordings.chapters import shown_chapters
from opendev.recordings.providers import player_of, start_in
from opendev.room.services import set_session_state
from polls.services import set_poll_state
from sessions.questions.services.queue import set_question_state
from sessions.recordings.services import add_chapter, edit_chapter, read_seconds, set_recording
from tests.factories import NOW, make_line, make_moderator, make_poll, make_question, make_session
from tests.factories.sessions import organiser_of
from tests.room.pages import text_of

pytestmark = pytest.mark.django_db
YOUTUBE = "https://www.youtube.com/watch?v=abcdefghijk"


# --- providers


@pytest.mark.parametrize(
    ("url", "provider", "link", "frame"),
    [
        *(
            (
                url,
                "YouTube",
                "https://www.youtube.com/watch?v=abcdefghijk&t=95s",
                "https://www.youtube-nocookie.com/embed/abcdefghijk?autoplay=1&start=95",
            )
            for url in (
                YOUTUBE,
                "https://youtu.be/abcdefghijk?si=track",
                "https://m.youtube.com/live/abcdefghijk",
                "https://www.youtube.com/embed/abcdefghijk?list=x",
            )
        ),
        (
            "https://vimeo.com/123456789/abcdef1234",
            "Vimeo",
            "https://vimeo.com/123456789/abcdef1234#t=95s",
            "https://player.vimeo.com/video/123456789?autoplay=1&dnt=1&h=abcdef1234#t=95s",
        ),
        (
            "https://tube.example.org/w/kkGMgK9ZtnKfYAgnEtQxbv",
            "PeerTube",
            "https://tube.example.org/w/kkGMgK9ZtnKfYAgnEtQxbv?start=95s",
            "https://tube.example.org/videos/embed/kkGMgK9ZtnKfYAgnEtQxbv?autoplay=1&start=95s",
        ),
        ("https://example.org/talk.mp4?x=1", "example.org", "https://example.org/talk.mp4?x=1#t=95", None),
        ("http://youtu.be/abcdefghijk", "youtu.be", "http://youtu.be/abcdefghijk#t=95", None),
        ("https://www.youtube.com/watch?v=too-short", "www.youtube.com", None, None),
        ("https://evil.example/w/../x", "evil.example", None, None),
        ("https://user@tube.example.org/w/kkGMgK9ZtnKfYAgnEtQxbv", "tube.example.org", None, None),
    ],
)
def test_recording_begins_at_the_second_at_every_provider(settings, url, provider, link, frame):
    settings.PEERTUBE_HOSTS = {"tube.example.org"}
    player = player_of(url)
    assert player.provider == provider
    assert link in {None, player.link_at(95)}
    assert (player.frame_at(95) if player.frame_at else None) == frame


@pytest.mark.parametrize(
    "host", ["evil.example", "tube.example.org.evil.example", "tube.example.org:8443", "xtube.example.org"]
)
def test_peertube_is_framed_from_hosts_that_the_operator_names_alone(settings, host):
    settings.PEERTUBE_HOSTS = {"tube.example.org"}
    player = player_of(f"https://{host}/w/kkGMgK9ZtnKfYAgnEtQxbv")
    assert (player.provider, player.frame_origin) == ("PeerTube", "")
    assert player.link_at(0).startswith(f"https://{host}/")


@pytest.mark.parametrize(
    ("url", "second"),
    [
        (f"{YOUTUBE}&t=1m35s", 95),
        (f"{YOUTUBE}&t=95", 95),
        ("https://x.org/w/y?start=1h1s", 3601),
        ("https://x.org/v#t=7", 7),
        (YOUTUBE, 0),
        (f"{YOUTUBE}&t=soon", 0),
    ],
)
def test_pasted_link_says_where_it_begins(url, second):
    assert start_in(url) == second


@pytest.mark.parametrize(
    ("text", "seconds"), [("95", 95), ("1:35", 95), ("-1:35", -95), ("1:01:35", 3695), (95, 95), (" 7 ", 7)]
)
def test_time_is_read_as_people_write_it(text, seconds):
    assert read_seconds(text, field="offset") == seconds


@pytest.mark.parametrize("text", ["", "soon", None, True, 1.5, "1:2:3:4", "99999999", "48:00:01", "1e3"])
def test_what_is_no_time_is_refused_by_its_field(text):
    with pytest.raises(Malformed) as refusal:
        read_seconds(text, field="offset")
    assert list(refusal.value.fields) == ["offset"]


# --- chapters


@pytest.fixture
def session():
    """A session whose recording begins 30 seconds before it, in which all sorts of things happened."""
    session = make_session(state="upcoming", starts_at=NOW)
    given = {"url": YOUTUBE, "offset": "0:30"}
    set_recording(session_id=session.pk, caller=organiser_of(session.event), given=given, now=NOW)
    session.refresh_from_db()
    return session


def at(seconds):
    return NOW + timedelta(seconds=seconds)


def by(session):
    return {"caller": organiser_of(session.event)}


def start(session, second=0, state="live"):
    return set_session_state(session_id=session.pk, state=state, now=at(second), **by(session))


def labels(session, **more):
    return [(one.clock, one.label) for one in shown_chapters(session, **more)]


def test_chapters_follow_the_timeline_and_move_with_the_offset(session):
    start(session)
    poll = make_poll(session, state="draft", question="Which?")
    for second, state in ((60, "live"), (120, "closed")):
        set_poll_state(poll_id=poll.pk, state=state, now=at(second), **by(session))
    question = make_question(session, "How large?")
    set_question_state(question_id=question.pk, state="answered", now=at(200), **by(session))
    expected = [
        ("0:30", "Start"),
        ("1:30", "Poll: Which?"),
        ("2:30", "Poll closed: Which?"),
        ("3:50", "Answered: How large?"),
    ]
    assert labels(session) == expected
    assert shown_chapters(session)[1].link == "https://www.youtube.com/watch?v=abcdefghijk&t=90s"
    set_recording(session_id=session.pk, given={"offset": "-1:00"}, now=NOW, **by(session))
    assert labels(session) == [
        ("0:00", "Poll: Which?"),
        ("1:00", "Poll closed: Which?"),
        ("2:20", "Answered: How large?"),
    ]


def test_what_was_taken_back_is_no_chapter(session):
    start(session)
    start(session, 3, state="upcoming")
    start(session, 60)
    poll = make_poll(session, state="draft", question="Which?")
    for second, state in ((61, "live"), (63, "draft"), (90, "live")):
        set_poll_state(poll_id=poll.pk, state=state, now=at(second), **by(session))
    assert labels(session) == [("0:30", "Start"), ("1:00", "Poll: Which?")]


def test_session_that_ended_too_early_and_went_on_has_one_start(session):
    start(session)
    start(session, 600, state="over")
    start(session, 660)
    poll = make_poll(session, state="draft", question="Which?")
    set_poll_state(poll_id=poll.pk, state="live", now=at(700), **by(session))
    assert labels(session) == [("0:30", "Start"), ("12:10", "Poll: Which?")]


def test_rehearsal_of_the_evening_before_is_not_in_the_recording(session):
    evening = -14 * 3600
    start(session, evening)
    poll = make_poll(session, state="draft", question="Which?")
    set_poll_state(poll_id=poll.pk, state="live", now=at(evening + 60), **by(session))
    set_poll_state(poll_id=poll.pk, state="draft", now=at(evening + 63), **by(session))
    start(session, evening + 600, state="over")
    start(session)
    set_poll_state(poll_id=poll.pk, state="live", now=at(60), **by(session))
    assert labels(session) == [("0:30", "Start"), ("1:30", "Poll: Which?")]


def test_archived_poll_and_dismissed_question_are_no_chapters(session):
    start(session)
    poll = make_poll(session, state="closed", question="Secret?", now=at(10))
    question = make_question(session, "Rude?")
    set_question_state(question_id=question.pk, state="answered", now=at(20), **by(session))
    assert len(labels(session)) == 4
    set_poll_state(poll_id=poll.pk, state="archived", now=at(30), **by(session))
    type(question).objects.filter(pk=question.pk).update(state="dismissed")
    assert labels(session) == [("0:30", "Start")]


def test_chapter_is_renamed_moved_left_out_and_brought_back(session):
    start(session)
    make_line(session, "Networking")
    key = shown_chapters(session)[0].mark.key
    edit_chapter(session_id=session.pk, key=key, given={"after": "10"}, **by(session))
    own = add_chapter(
        session_id=session.pk, given={"title": "Break", "after": "1:00"}, now=NOW, **by(session)
    )
    assert ("0:40", "Start") in labels(session)
    assert ("1:30", "Break") in labels(session)
    edit_chapter(session_id=session.pk, key=key, given={"hidden": True}, **by(session))
    edit_chapter(session_id=session.pk, key=f"own-{own.pk}", given={"hidden": True}, **by(session))
    assert [label for _clock, label in labels(session)] == ["Follow-up: Networking"]
    edit_chapter(session_id=session.pk, key=key, given={"hidden": False, "after": ""}, **by(session))
    assert ("0:30", "Start") in labels(session)


def test_chapter_of_another_session_is_not_found(session):
    start(session)
    key = shown_chapters(session)[0].mark.key
    other = make_session(session.event)
    for wrong in (key, "own-1", "entry-0", "entry", "x-1"):
        with pytest.raises(NotFound):
            edit_chapter(session_id=other.pk, key=wrong, given={"hidden": True}, **by(other))


# --- the page


def test_page_loads_nothing_from_elsewhere_and_allows_one_frame_alone(client, browser_of, session):
    start(session)
    answer = client.get(session.address("recording"))
    page = text_of(answer)
    assert "<iframe" not in page
    assert "frame-src https://www.youtube-nocookie.com;" in answer.headers["content-security-policy"] + ";"
    assert 'data-frame="https://www.youtube-nocookie.com/embed/abcdefghijk?autoplay=1&amp;start=30"' in page
    assert "frame-src" not in client.get(session.get_absolute_url()).headers["content-security-policy"]
    assert "Edit the recording" not in page
    moderator = browser_of(user=make_moderator(session))
    assert "Edit the recording" in text_of(moderator.get(session.address("recording")))
    refused = moderator.post(session.address("recording-set"), {"url": "javascript:alert(1)"})
    assert refused.status_code == 400
    moderator.post(session.address("recording-set"), {"url": f"{YOUTUBE}&t=1m5s", "offset": ""})
    assert 'value="1:05"' in text_of(moderator.get(session.address("recording")))
