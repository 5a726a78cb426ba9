"""Erasing a person: nothing of them is left where people look, and every count is what its rows say."""

from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from etherpad_links.models import PadName
from opendev.erasure.services import erase_attendee, erase_sign_ups, forget_erased_names
from polls.models import Ballot, Participation, Poll
from polls.services import recount_polls
from sessions.attendees.models import Attendance, Attendee, RevokedPass
from sessions.attendees.services.joining import PassIsRevoked, join_session
from sessions.attendees.services.passes import set_pass
from sessions.follow_ups.models import SignUp
from sessions.questions.models import Question
from sessions.registrations.models import Registration
from sessions.registrations.services.joining import join_registered
from sessions.suggestions.models import Suggestion, SuggestionSupport
from tests.factories import (
    NOW,
    make_attendee,
    make_event,
    make_poll,
    make_session,
    make_suggestion,
    record,
    support,
    vote_for,
)
from tests.factories.follow_ups import make_line, put_name
from tests.factories.polls import votes_counted
from tests.factories.questions import make_question, upvote
from tests.factories.sessions import organiser_of

pytestmark = pytest.mark.usefixtures("database")

NAME = "Quentin Asker"


class Traces:
    """Somebody who left something everywhere, and a neighbour of the same name."""

    def __init__(self):
        self.event = make_event()
        self.session = make_session(self.event)
        self.quentin = make_attendee(self.session, name=NAME)
        self.neighbour = make_attendee(self.session, name=NAME)
        both = self.quentin, self.neighbour
        self.named = make_poll(self.session, anonymous=False)
        self.secret = make_poll(self.session)
        self.closed = make_poll(self.session, anonymous=False, kind="multiple")
        for poll in (self.named, self.secret, self.closed):
            assert record(*[vote_for(poll, attendee, "a") for attendee in both]) == ["a", "a"]
        Poll.objects.filter(pk=self.closed.pk).update(state="closed", closed_at=NOW, finalised_at=NOW)
        self.asked = make_question(self.session, attendee=self.quentin, name=NAME, text="What of mine?")
        self.answered = make_question(
            self.session, attendee=self.quentin, name=NAME, state="answered", text="And this?"
        )
        self.other = make_question(self.session, attendee=self.neighbour)
        upvote(self.other, self.quentin)
        upvote(self.asked, self.neighbour)
        self.suggested = make_suggestion(self.session, "Mine", attendee=self.quentin)
        self.opened = make_suggestion(self.session, "Ours", state="opened", attendee=self.quentin)
        self.supported = make_suggestion(self.session, "Theirs", attendee=self.neighbour)
        support(self.supported, self.quentin)
        support(self.suggested, self.neighbour)
        self.line = make_line(self.session)
        for attendee in both:
            put_name(self.line, attendee, shown=True, email="quentin@example.org", consent=True)
        self.registration = Registration.objects.create(
            event=self.event, email="quentin@example.org", name=NAME, registered_at=NOW
        )
        Registration.objects.filter(pk=self.registration.pk).update(attendee=self.quentin.attendee_id)

    def attendee(self):
        return Attendee.objects.get(pk=self.quentin.attendee_id)

    def assert_erased(self):
        """Nothing of Quentin is left, all of the neighbour is, and every count is right and as before."""
        assert recount_polls() == (3, [])
        assert [votes_counted(poll) for poll in (self.named, self.closed)] == [{"a": 2, "": 2}] * 2
        named = Ballot.objects.filter(poll__anonymous=False).values_list("attendee", flat=True)
        assert set(named) == {None, self.neighbour.attendee_id}
        assert votes_counted(self.secret) == {"a": 2, "": 2}  # a ballot there is nobody's
        assert list(Attendee.objects.values_list("pk", flat=True)) == [self.neighbour.attendee_id]
        assert set(Question.objects.values_list("pk", "name", "attendee")) == {
            (self.answered.pk, "", None),
            (self.other.pk, self.other.name, self.neighbour.attendee_id),
        }
        self.other.refresh_from_db()
        assert (self.other.votes, self.other.upvotes.get().attendee) == (1, None)
        assert set(Suggestion.objects.values_list("pk", "attendee", "supporters")) == {
            (self.opened.pk, None, 0),
            (self.supported.pk, self.neighbour.attendee_id, 0),
        }
        assert not SuggestionSupport.objects.exists()
        assert [one.attendee_id for one in SignUp.objects.all()] == [self.neighbour.attendee_id]
        assert [one.attendee_id for one in Attendance.objects.all()] == [self.neighbour.attendee_id]
        assert not Registration.objects.exists()


@pytest.fixture
def traces(database):
    return Traces()


def test_person_is_erased_with_all_that_is_theirs_and_pages_hear_of_it(traces):
    rows = traces.line, traces.answered
    before = [type(row).objects.get(pk=row.pk).version for row in rows]
    erase_attendee(attendee=traces.attendee(), now=NOW)
    traces.assert_erased()
    after = [type(row).objects.get(pk=row.pk).version for row in rows]
    assert [new > old for new, old in zip(after, before, strict=True)] == [True, True]
    assert Participation.objects.count() == 1


def test_pass_of_somebody_erased_does_nothing_anywhere(traces):
    erase_attendee(attendee=traces.attendee(), now=NOW)
    for poll in (traces.named, traces.secret):
        assert record(vote_for(poll, traces.quentin, "b")) == ["not_joined"]
        assert record(vote_for(poll, traces.quentin, "b", secret=b"another secret of mine")) == ["not_joined"]
        assert record(vote_for(poll, traces.quentin)) == ["not_joined"]
    assert upvote(traces.other, traces.quentin) == "not_joined"
    attendee, made = join_session(
        session_id=traces.session.pk, known=traces.quentin, has_open_line=False, now=NOW
    )
    assert (attendee.name, made.attendee_id != traces.quentin.attendee_id) == ("", True)


@pytest.mark.parametrize("door", ["one", "several", "command by id", "command by address"])
def test_every_door_erases_in_the_same_way(traces, door):
    pk = traces.quentin.attendee_id
    SignUp.objects.filter(attendee=traces.neighbour.attendee_id).update(
        email="", consent="", consented_at=None, contact_until=None
    )
    if door.startswith("command"):
        who = str(pk) if door.endswith("id") else "Quentin@Example.org"
        said = StringIO()
        call_command("erase_person", who, stdout=said)
        assert "Nothing was changed" in said.getvalue()
        assert Attendee.objects.count() == 2
        call_command("erase_person", who, "--apply", stdout=said)
    else:
        User.objects.create_superuser("root", "", "a-password-of-some-length")
        client = Client()
        client.force_login(User.objects.get(username="root"))
        if door == "one":
            answer = client.post(f"/admin/opendev_sessions/attendee/{pk}/delete/", {"post": "yes"})
        else:
            form = {"action": "delete_selected", "_selected_action": [pk], "post": "yes"}
            answer = client.post("/admin/opendev_sessions/attendee/", form)
        assert answer.status_code == 302
    traces.assert_erased()
    assert RevokedPass.objects.filter(attendee_id=pk).exists()


@pytest.mark.parametrize("who", ["0", "nobody@example.org", "99999999999999999999", "Ada", "@"])
def test_command_says_that_there_is_nobody(who):
    with pytest.raises(CommandError, match="nobody"):
        call_command("erase_person", who, stdout=StringIO())


def test_registration_without_an_attendee_is_erased_by_its_address(database):
    event = make_event()
    for address in ("ada@example.org", "bob@example.org"):
        Registration.objects.create(event=event, email=address, registered_at=NOW)
    call_command("erase_person", "ada@example.org", "--apply", stdout=StringIO())
    assert list(Registration.objects.values_list("email", flat=True)) == ["bob@example.org"]


def test_name_in_a_pad_is_nobodys_until_it_was_taken_out(traces):
    row = SignUp.objects.get(attendee=traces.quentin.attendee_id)
    PadName.objects.create(sign_up=row, state="written", text=NAME, revision=1, written_at=NOW)
    erase_attendee(attendee=traces.attendee(), now=NOW)
    row.refresh_from_db()
    assert (row.attendee, row.email, row.company, row.is_listed) == (None, "", "", False)
    assert forget_erased_names(NOW) == 0
    PadName.objects.update(state="taken_out", revision=None, written_at=None)
    assert forget_erased_names(NOW) == 1
    traces.assert_erased()


def test_name_that_waits_in_a_pad_is_read_nowhere(database):
    session = make_session(make_event(), title="Edge")
    line = make_line(session)
    row = put_name(line, make_attendee(session, name=NAME), shown=True, email="q@example.org", consent=True)
    PadName.objects.create(sign_up=row, state="written", text=NAME, revision=1, written_at=NOW)
    client, event = Client(), f"/{session.event.slug}/"
    root = User.objects.create_superuser("root")
    session.event.organisers.add(root)
    client.force_login(root)
    names = f"/api/v1/sign-up-lines/{line.pk}/sign-ups/"
    addresses = [
        names, f"/api/v1/sign-up-lines/{line.pk}/", f"/api/v1/sessions/{session.pk}/sign-up-lines/",
        f"/f/{line.code}/", session.address("control-line-edit", line=line.pk), session.get_absolute_url(),
        session.address("control"), f"{event}follow-ups/", f"{event}follow-ups/export.csv", f"{event}pads/",
        f"{event}recap/edit/", f"{event}recap/preview/", f"{event}export.json?people=1",
        "/admin/opendev_sessions/signup/", f"/admin/opendev_sessions/signup/{row.pk}/change/",
    ]  # fmt: skip

    def naming():
        pages = {address: client.get(address, follow=True) for address in addresses}
        bodies = {
            address: b"".join(page.streaming_content) if page.streaming else page.content
            for address, page in pages.items()
        }
        return {address for address, body in bodies.items() if NAME.encode() in body}

    assert {
        names,
        f"/f/{line.code}/",
        f"{event}export.json?people=1",
        "/admin/opendev_sessions/signup/",
    } <= naming()
    erase_attendee(attendee=Attendee.objects.get(name=NAME), now=NOW)
    assert SignUp.objects.filter(pk=row.pk, name=NAME).exists()  # it waits until it is out of the pad
    assert naming() == set()
    put_back = client.put(f"{names}{row.pk}/", {"removed": False}, content_type="application/json")
    assert put_back.status_code == 404


def test_one_name_is_erased_from_its_line(traces):
    version = type(traces.line).objects.get(pk=traces.line.pk).version
    assert erase_sign_ups(sign_ups=[SignUp.objects.get(attendee=traces.quentin.attendee_id)], now=NOW) == 1
    assert SignUp.objects.get().attendee_id == traces.neighbour.attendee_id
    assert type(traces.line).objects.get(pk=traces.line.pk).version == version + 1
    assert Attendee.objects.count() == 2


def test_revoked_pass_opens_nothing_on_any_device_until_it_is_given_back(traces):
    caller, now = organiser_of(traces.event), timezone.now()
    pk = traces.quentin.attendee_id

    def tries():
        _attendee, laptop = join_registered(
            session_id=traces.session.pk,
            registration_id=traces.registration.pk,
            known=None,
            has_open_line=False,
            now=now,
        )
        return record(vote_for(traces.named, laptop, "b"))

    assert tries() == ["b"]
    assert set_pass(attendee_id=pk, caller=caller, revoked=True, now=now)
    assert record(vote_for(traces.secret, traces.quentin, "b")) == ["not_joined"]
    for known in (traces.quentin, None):
        with pytest.raises(PassIsRevoked):
            join_registered(
                session_id=traces.session.pk,
                registration_id=traces.registration.pk,
                known=known,
                has_open_line=False,
                now=now,
            )
    with pytest.raises(PassIsRevoked):
        join_session(session_id=traces.session.pk, known=traces.quentin, has_open_line=False, now=now)
    assert votes_counted(traces.named) == {"a": 1, "b": 1, "": 2}  # what they did stays
    assert not set_pass(attendee_id=pk, caller=caller, revoked=False, now=now)
    assert tries() == ["b"]
