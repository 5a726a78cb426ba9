"""One's own data: what the device is shown is what is there, and what it forgets is gone while tallies stay."""

import json
from datetime import timedelta
from itertools import product

import pytest
from django.db import connection
from django.test import Client

from opendev.core.attendance import pass_cookie_name, sign_pass
from opendev.core.text import ERASED
from opendev.erasure.services import erase_attendee
from opendev.home.calendars import stars_cookie
from opendev.recap.services import draft_recap
from polls.models import Ballot, Option, Poll
from polls.selectors import own_answers, written_of
from polls.services import Vote, finalise_due_polls, recount_polls
from polls.services.moderating import merge_answers
from polls.services.states import set_poll_state
from sessions.attendees.models import Attendee
from sessions.attendees.services.passes import set_pass
from sessions.audit.models import AuditEntry
from sessions.programme.models import StarList
from sessions.programme.services.stars import star_session
from sessions.questions.models import Question, QuestionVote
from sessions.recap.models import RecapDraft, RecapEdit, RecapVersion
from sessions.registrations.models import Registration
from sessions.timeline.models import TimelineEntry
from tests.factories import (
    NOW,
    make_attendee,
    make_event,
    make_line,
    make_poll,
    make_question,
    make_session,
    make_suggestion,
    options_of,
    put_name,
    record,
    support,
    upvote,
    vote_for,
    write_in,
)
from tests.factories.polls import votes_counted
from tests.factories.questions import votes_of
from tests.factories.sessions import organiser_of

pytestmark = pytest.mark.usefixtures("database")

NAME, ADDRESS, ASKED, WORDS = "Quentin Asker", "quentin@example.org", "Why is mine here?", "quentinesque"
SUGGESTED = "A quiet quorum"


def rank(poll, attendee, options):
    return Vote(poll.pk, attendee, options, NOW, field="ranking")


class Room:
    """A live session in which Quentin and a neighbour did everything."""

    def __init__(self):
        self.event = make_event()
        self.session = make_session(self.event)
        self.quentin = make_attendee(self.session, name=NAME, company="Asker & Sons", country="DE")
        self.neighbour = make_attendee(self.session, name="Nell Neighbour")
        both = self.quentin, self.neighbour
        self.polls = {
            (kind, anonymous): make_poll(self.session, kind=kind, anonymous=anonymous)
            for kind, anonymous in product(("single", "multiple"), (True, False))
        }
        self.ranking = make_poll(self.session, kind="ranking", anonymous=False)
        for poll in self.polls.values():
            assert record(*[vote_for(poll, who, "a") for who in both]) == ["a", "a"]
        order = {text: options_of(self.ranking)[text] for text in "bca"}
        assert record(*[rank(self.ranking, who, tuple(order.values())) for who in both]) == ["b+c+a"] * 2
        self.words = {
            anonymous: make_poll(self.session, kind="words", max=2, anonymous=anonymous)
            for anonymous in (True, False)
        }
        for poll in self.words.values():
            record(write_in(poll, self.quentin, WORDS, "shared"), write_in(poll, self.neighbour, "shared"))
        self.asked = make_question(
            self.session, attendee=self.quentin, name=NAME, text=ASKED, state="answered"
        )
        self.waiting = make_question(self.session, attendee=self.quentin, text="And mine too?")
        self.other = make_question(self.session, attendee=self.neighbour)
        upvote(self.other, self.quentin)
        self.line = make_line(self.session)
        put_name(self.line, self.quentin, shown=True, email=ADDRESS, consent=True)
        registration = Registration.objects.create(
            event=self.event, email=ADDRESS, name=NAME, registered_at=NOW
        )
        Registration.objects.filter(pk=registration.pk).update(attendee=self.quentin.attendee_id)
        self.star = star_session(session_id=self.session.pk, token="", starred=True, now=NOW)
        TimelineEntry.objects.create(
            session=self.session, at=NOW, verb="question.answered", subject=str(self.asked.pk), title=ASKED
        )
        self.browser = Client()
        self.browser.cookies[pass_cookie_name(self.event.pk)] = sign_pass(self.quentin)
        self.browser.cookies[stars_cookie(self.event.pk)] = self.star

    def path(self, end=""):
        return f"/{self.event.slug}/my-data/{end}"

    def tallies(self):
        """All that a tally says, but for the words of answers."""
        polls = list(Poll.objects.order_by("pk").values_list("pk", "ballots"))
        options = list(Option.objects.order_by("pk").values_list("poll", "count", "total", "weight"))
        return polls, sorted(options), [votes_of(self.other)]

    def forget(self):
        answer = self.browser.post(self.path("forget/"), {"sure": "yes"})
        assert answer.status_code == 302
        return answer

    def everything(self):
        """Every text of every table."""
        found = []
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names():
                cursor.execute(f'SELECT * FROM "{table}"')
                found += [str(row) for row in cursor.fetchall()]
        return "\n".join(found)


@pytest.fixture
def room(database):
    return Room()


def test_file_has_everything_that_leads_to_the_device(room):
    held = json.loads(room.browser.get(room.path("my-data.json")).content)
    assert held["attendee"] | {"name": NAME, "company": "Asker & Sons", "country": "DE"} == held["attendee"]
    answers = sorted((vote["poll"], vote["anonymous"], tuple(vote["answer"])) for vote in held["votes"])
    chosen = [(str(poll.pk), anonymous) for (_kind, anonymous), poll in room.polls.items()]
    assert [one[:2] for one in answers if one[2] == ("a",)] == sorted(chosen)
    [ranked] = [vote["answer"] for vote in held["votes"] if vote["poll"] == str(room.ranking.pk)]
    assert [answer[-1] for answer in ranked] == ["b", "c", "a"]
    assert [one[2] for one in answers].count((WORDS, "shared")) == 2
    assert {question["text"] for question in held["questions"]} == {ASKED, "And mine too?"}
    assert [one["question"] for one in held["upvotes"]] == [room.other.text]
    assert [(one["name"], one["email"], one["listed"]) for one in held["sign_ups"]] == [(NAME, ADDRESS, True)]
    assert (held["registration"]["email"], len(held["attendances"]), len(held["stars"])) == (ADDRESS, 1, 1)
    page = room.browser.get(room.path()).content.decode()
    for text in (NAME, ADDRESS, ASKED, WORDS, room.other.text, "Starred sessions", "backups"):
        assert text.replace("'", "&#x27;") in page


def test_nobody_else_is_in_it_and_nobody_else_gets_it(room):
    assert "Nell" not in room.browser.get(room.path("my-data.json")).content.decode()
    stranger = Client()
    assert "Nothing leads to you" in stranger.get(room.path()).content.decode()
    assert [stranger.get(room.path(end)).status_code for end in ("my-data.json", "forget/")] == [302, 302]
    assert stranger.post(room.path("forget/"), {"sure": "yes"}).status_code == 302
    assert Attendee.objects.count() == 2
    forged = sign_pass(room.quentin)[:-1] + "0"
    stranger.cookies[pass_cookie_name(room.event.pk)] = forged if forged != sign_pass(room.quentin) else "x"
    assert "Nothing leads to you" in stranger.get(room.path()).content.decode()


def test_vote_of_another_device_is_said_without_its_answer(room):
    device = room.quentin.__class__(
        room.event.pk, room.quentin.attendee_id, "another device", room.quentin.expires_at
    )
    room.browser.cookies[pass_cookie_name(room.event.pk)] = sign_pass(device)
    held = json.loads(room.browser.get(room.path("my-data.json")).content)
    assert {(vote["anonymous"], vote["answer"] is None) for vote in held["votes"]} == {
        (True, True),
        (False, False),
    }


def test_forgetting_asks_once_more(room):
    answer = room.browser.post(room.path("forget/"), {})
    assert (answer.status_code, Attendee.objects.count()) == (400, 2)
    assert 'data-code="malformed"' in answer.content.decode()


def test_forgotten_is_gone_from_every_table_and_no_tally_changed(room):
    before = room.tallies()
    answer = room.forget()
    everything = room.everything()
    for text in (NAME, ADDRESS, ASKED, "And mine too?", WORDS, "Asker & Sons"):
        assert text not in everything, text
    polls, options, votes = room.tallies()
    assert (polls, options, votes) == before
    assert recount_polls()[1] == []
    assert {poll.pk: votes_counted(poll)["a"] for poll in room.polls.values()} == {
        poll.pk: 2 for poll in room.polls.values()
    }
    assert not Ballot.objects.filter(attendee=room.quentin.attendee_id).exists()
    assert QuestionVote.objects.get(question=room.other).attendee is None
    assert Question.objects.get(pk=room.asked.pk).text == ERASED
    assert not Question.objects.filter(pk=room.waiting.pk).exists()
    assert not StarList.objects.exists()
    assert [cookie["max-age"] for cookie in answer.cookies.values() if cookie.value == ""] == [0, 0]
    assert "Nothing leads to you" in room.browser.get(room.path()).content.decode()


def test_device_finds_no_ballot_any_more_and_its_pass_opens_nothing(room):
    room.forget()
    ids = [poll.pk for poll in (*room.polls.values(), *room.words.values())]
    mine = own_answers([(room.quentin, ids, None)])[0]
    assert {pk for pk, answer in mine.items() if answer.voted} == set()
    live = next(iter(room.polls.values()))
    assert record(vote_for(live, room.quentin, "b")) == ["not_joined"]
    assert upvote(room.other, room.quentin) == "not_joined"


def test_erased_ballot_of_an_anonymous_poll_looks_like_any_other(room):
    room.forget()
    live = Ballot.objects.filter(poll__anonymous=True).values_list("seq", flat=True)
    assert set(live) == {1}  # the audit log says who was erased: a counter of its own would join the two


def test_words_of_others_stay_and_erased_ones_are_hidden(room):
    room.forget()
    for poll in room.words.values():
        poll.refresh_from_db()
        assert {one.text: one.count for one in written_of(poll)} == {"shared": 2}
        assert Option.objects.get(poll=poll, state="hidden").text.startswith(ERASED)


def test_answer_goes_on_in_the_words_of_others(room):
    poll = make_poll(room.session, kind="words")
    record(write_in(poll, room.quentin, "Quentins Wort"), write_in(poll, room.neighbour, "quentins wort"))
    third = make_attendee(room.session)
    record(write_in(poll, third, "another"))
    poll.refresh_from_db()
    into = Option.objects.get(poll=poll, total=2)
    other = Option.objects.get(poll=poll, text="another")
    merge_answers(
        poll_id=poll.pk, caller=organiser_of(room.event), option_ids=[other.pk], into_id=into.pk, now=NOW
    )
    room.forget()
    poll.refresh_from_db()
    assert [(one.text, one.count) for one in written_of(poll)] == [("quentins wort", 3)]
    assert "Quentins Wort" not in room.everything()
    assert recount_polls()[1] == []


def test_words_of_two_go_with_the_second_of_them(room):
    named, anonymous = room.words[False], room.words[True]
    for who in (room.quentin, room.neighbour):
        erase_attendee(attendee=Attendee.objects.get(pk=who.attendee_id), now=NOW, device=who)
    named.refresh_from_db()
    assert (list(written_of(named)), recount_polls()[1]) == ([], [])
    assert not Option.objects.filter(poll=named, text="shared").exists()
    assert Option.objects.filter(poll=anonymous, text="shared").exists()  # who wrote it nobody can tell


def test_answer_goes_on_past_those_who_were_erased_before(room):
    poll, last = make_poll(room.session, kind="words", max=2, anonymous=False), make_attendee(room.session)
    record(write_in(poll, room.quentin, "left", "right"), write_in(poll, room.neighbour, "left"))
    record(write_in(poll, last, "right"))
    set_poll_state(poll_id=poll.pk, caller=organiser_of(room.event), state="closed", now=NOW)
    left, right = (Option.objects.get(poll=poll, text=text) for text in ("left", "right"))
    merge_answers(
        poll_id=poll.pk,
        caller=organiser_of(room.event),
        option_ids=[right.pk],
        into_id=left.pk,
        now=NOW,
    )
    shown = []
    for who in (room.quentin, room.neighbour, last):
        erase_attendee(attendee=Attendee.objects.get(pk=who.attendee_id), now=NOW)
        poll.refresh_from_db()
        shown.append([(one.text, one.count) for one in written_of(poll)])
        assert recount_polls()[1] == []
    assert shown == [[("left", 3)], [("right", 3)], []]


def test_final_polls_are_erased_too(room):
    caller = organiser_of(room.event)
    for poll in (*room.polls.values(), *room.words.values()):
        set_poll_state(poll_id=poll.pk, caller=caller, state="closed", now=NOW)
    finalise_due_polls(NOW + timedelta(minutes=1))
    before = room.tallies()
    room.forget()
    assert (room.tallies(), recount_polls()[1]) == (before, [])
    assert WORDS not in room.everything()
    assert not Ballot.objects.filter(attendee=room.quentin.attendee_id).exists()


def test_recap_that_quotes_follows(room):
    poll = room.words[True]
    quoted = [
        {"key": f"session/1/question/{room.asked.pk}", "kind": "question", "facts": {},
         "sentences": [{"text": f"Asked: “{ASKED}”", "source": "s", "address": ""}]},
        {"key": f"session/1/poll/{poll.pk}", "kind": "poll", "facts": {"options": [{"text": WORDS}]},
         "sentences": [{"text": f"“{WORDS}” came first.", "source": "s", "address": ""}]},
        {"key": "session/1/talk", "kind": "prose", "facts": {},
         "sentences": [{"text": "Nell Neighbour spoke.", "source": "s", "address": ""}]},
    ]  # fmt: skip
    RecapDraft.objects.create(event=room.event, paragraphs=quoted, drafted_at=NOW)
    RecapVersion.objects.create(event=room.event, number=1, paragraphs=quoted, published_at=NOW)
    RecapEdit.objects.create(
        event=room.event, key=quoted[0]["key"], text=f"He asked: {ASKED}", base=ASKED, edited_at=NOW
    )
    room.forget()
    version = RecapVersion.objects.get().paragraphs
    assert version[0]["sentences"][0]["text"] == f"Asked: “{ERASED}”"
    assert version[1]["facts"] == {"options": [{"text": ERASED}]}
    assert version[2] == quoted[2]
    assert RecapEdit.objects.get().text == f"He asked: {ERASED}"
    assert ASKED not in room.everything()


def test_recap_that_tells_a_suggestion_follows(room):
    suggestion = make_suggestion(room.session, SUGGESTED, attendee=room.quentin)
    support(suggestion, room.neighbour)
    draft_recap(event_id=room.event.pk, caller=organiser_of(room.event), now=NOW)
    assert SUGGESTED in str(RecapDraft.objects.get().paragraphs)
    room.forget()
    assert f"supported: “{ERASED}”" in str(RecapDraft.objects.get().paragraphs)
    assert SUGGESTED not in room.everything()


def test_audit_log_says_that_somebody_was_erased_and_not_who_or_from_where(room):
    room.browser.post(room.path("forget/"), {"sure": "yes"}, REMOTE_ADDR="203.0.113.7")
    entry = AuditEntry.objects.get(kind="people.erased")
    assert (entry.subject, entry.actor, entry.network) == (f"attendee {room.quentin.attendee_id}", None, "")
    assert entry.details == {"by": "own device"}


def test_rest_does_the_same(room):
    address = f"/api/v1/events/{room.event.slug}/my-data/"
    token = {"HTTP_AUTHORIZATION": f"Bearer {sign_pass(room.quentin)}"}
    client = Client()
    assert (client.get(address).status_code, client.delete(address).status_code) == (401, 401)
    held = client.get(address, **token)
    assert held["Cache-Control"] == "no-store"
    assert held.json()["attendee"]["name"] == NAME
    before = room.tallies()
    assert client.delete(address, **token).status_code == 204
    assert (NAME in room.everything(), room.tallies()) == (False, before)
    again = client.get(address, **token)
    assert (again.status_code, again.json()["code"]) == (403, "not_joined")


def test_somebody_whose_pass_was_revoked_sees_and_forgets_their_data_still(room):
    set_pass(attendee_id=room.quentin.attendee_id, caller=organiser_of(room.event), revoked=True, now=NOW)
    assert "ended this access" in room.browser.get(room.path()).content.decode()
    room.forget()
    assert NAME not in room.everything()
