"""Signing up on a line and withdrawing, through the services."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connections

from opendev.core.errors import Malformed, NotFound
from sessions.attendees.models import Attendee
from sessions.follow_ups.models import SignUp, SignUpLine
from sessions.follow_ups.selectors.lines import contact_of, line_with_names, own_sign_ups
from sessions.follow_ups.services.lines import edit_line, remove_name, restore_name
from sessions.follow_ups.services.sign_ups import (
    LineIsClosed,
    NameNeeded,
    NameWasRemoved,
    NoSignUp,
    forget_expired_contacts,
    read_wish,
    record_sign_ups,
)
from sessions.programme.services.rights import NotJoined
from tests.factories import NOW, make_attendee, make_line, make_session, put_name, withdraw
from tests.factories.sessions import organiser_of

pytestmark = pytest.mark.django_db

ADDRESS = {"email": "ada@example.org", "consent": True}


@pytest.fixture
def line():
    return make_line(make_session())


@pytest.fixture
def ada(line):
    return make_attendee(line.session, name="Ada Lovelace", company="Engines")


def stands(line):
    found = line_with_names(line.pk)
    return found.count, [name.name for name in found.names], found.line.version


def test_one_tap_puts_the_attendees_name_on_the_line_once(line, ada):
    put_name(line, ada)
    assert stands(line) == (1, ["Ada Lovelace"], 2)
    put_name(line, ada)
    assert stands(line) == (1, ["Ada Lovelace"], 2)
    assert SignUp.objects.get().company == "Engines"


def test_name_is_asked_once_an_event_and_kept(line):
    nameless = make_attendee(line.session)
    with pytest.raises(NameNeeded) as refusal:
        put_name(line, nameless)
    assert refusal.value.fields.keys() == {"name"}
    put_name(line, nameless, name="Ada", company="Engines")
    put_name(make_line(make_session(line.session.event), "Workload separation"), nameless)
    assert list(SignUp.objects.values_list("name", "company")) == [("Ada", "Engines")] * 2
    assert Attendee.objects.get(pk=nameless.attendee_id).name == "Ada"


def test_silence_lists_nobody_and_a_choice_holds_for_the_next_line(line, ada):
    put_name(line, ada, shown=None)
    assert stands(line)[:2] == (1, [])
    put_name(line, ada, shown=True)
    second = make_line(line.session, "Workload separation")
    put_name(second, ada, shown=None)
    assert stands(second)[:2] == (1, ["Ada Lovelace"])


def test_withdrawing_marks_the_row_and_signing_up_again_is_the_same_row(line, ada):
    signed_up = put_name(line, ada, **ADDRESS)
    withdraw(line, ada)
    signed_up.refresh_from_db()
    assert (stands(line), signed_up.withdrawn_at, signed_up.email) == ((0, [], 3), NOW, "")
    withdraw(line, ada)
    assert stands(line)[2] == 3
    again = put_name(line, ada)
    assert (again.pk, again.email, stands(line)) == (signed_up.pk, "", (1, ["Ada Lovelace"], 4))


def test_closed_line_takes_no_names_and_gives_them_back(line, ada):
    late = make_attendee(line.session, name="Late")
    put_name(line, ada)
    edit_line(line_id=line.pk, caller=organiser_of(line.session.event), given={"state": "closed"}, now=NOW)
    with pytest.raises(LineIsClosed):
        put_name(line, late)
    withdraw(line, ada)
    assert stands(line)[0] == 0
    edit_line(line_id=line.pk, caller=organiser_of(line.session.event), given={"state": "open"}, now=NOW)
    put_name(line, late)
    assert stands(line)[0] == 1


def test_strangers_and_those_of_another_event_are_not_joined(line, ada):
    with pytest.raises(NotJoined):
        put_name(line, make_attendee(make_session(), name="Elsewhere"))
    with pytest.raises(NoSignUp):
        withdraw(line, ada)
    put_name(line, ada)
    with pytest.raises(NotFound):
        put_name(SignUpLine(pk=line.pk + 1000), ada)


def test_name_that_a_moderator_removed_does_not_come_back_by_a_tap(line, ada):
    moderator = organiser_of(line.session.event)
    signed_up = put_name(line, ada, **ADDRESS)
    remove_name(sign_up_id=signed_up.pk, caller=moderator, now=NOW)
    with pytest.raises(NameWasRemoved):
        put_name(line, ada)
    signed_up.refresh_from_db()
    assert (stands(line)[:2], signed_up.removed_at, signed_up.email) == ((0, []), NOW, "")
    assert signed_up.removed_by_id == moderator.user_id
    restore_name(sign_up_id=signed_up.pk, caller=moderator)
    assert stands(line)[:2] == (1, ["Ada Lovelace"])


# --- contacts


def test_address_is_kept_with_the_words_that_were_agreed_to_and_until_when(line, ada):
    signed_up = put_name(line, ada, **ADDRESS)
    assert (signed_up.email, signed_up.consented_at) == ("ada@example.org", NOW)
    assert signed_up.contact_until == NOW.date() + timedelta(days=90)
    assert all(word in signed_up.consent for word in ("owner", "moderators", line.title, "27 July 2020"))
    assert put_name(line, ada, email="").email == ""


def test_address_is_used_until_its_day_and_then_forgotten(line, ada):
    signed_up = put_name(line, ada, **ADDRESS, contact_until="2020-06-01")
    assert contact_of(signed_up, date(2020, 6, 1)) == "ada@example.org"
    assert contact_of(signed_up, date(2020, 6, 2)) == ""
    last_day = NOW.replace(year=2020, month=6, day=1)
    assert forget_expired_contacts(last_day) == 0
    assert forget_expired_contacts(last_day + timedelta(days=1)) == 1
    signed_up.refresh_from_db()
    assert (signed_up.email, signed_up.consent, signed_up.contact_until) == ("", "", None)


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("email", {"email": "not an address", "consent": True}),
        ("email", {"email": 7, "consent": True}),
        ("consent", {"email": "ada@example.org"}),
        ("consent", {"email": "ada@example.org", "consent": "yes"}),
        ("contact_until", {**ADDRESS, "contact_until": "tomorrow"}),
        ("contact_until", {**ADDRESS, "contact_until": "2020-04-27"}),
        ("contact_until", {**ADDRESS, "contact_until": "2022-04-28"}),
        ("contact_until", {**ADDRESS, "contact_until": ["2020-05-01"]}),
        ("shown", {"shown": "yes"}),
        ("name", {"name": "x" * 121}),
        ("name", {"name": ["Ada"]}),
        ("company", {"company": "\x00"}),
    ],
)
def test_wish_that_cannot_be_names_the_field(line, ada, field, said):
    with pytest.raises(Malformed) as refusal:
        put_name(line, ada, **said)
    assert refusal.value.fields.keys() == {field}
    assert not SignUp.objects.exists()


# --- many at once


def test_batch_grants_each_wish_by_itself_and_tells_own_sign_ups(line, ada):
    nameless = make_attendee(line.session)
    wishes = [
        read_wish({}, line=str(line.pk), attendee=who, withdraws=withdraws, now=NOW)
        for who, withdraws in [(ada, False), (nameless, False), (ada, True), (ada, False)]
    ]
    outcomes = [type(outcome).__name__ for outcome in record_sign_ups(wishes, NOW)]
    assert outcomes == ["SignedUp", "NameNeeded", "SignedUp", "SignedUp"]
    assert stands(line) == (1, [], 2)
    mine, others = own_sign_ups([(ada, [line.pk]), (nameless, [line.pk])])
    assert (mine[line.pk].is_present, others) == (True, {})


@pytest.mark.django_db(transaction=True)
def test_two_taps_of_one_attendee_at_once_are_one_sign_up(committing_postgres):
    line = make_line(make_session())
    people = [make_attendee(line.session, name=f"Person {number}") for number in range(4)]

    def tap(person):
        try:
            put_name(line, person)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(tap, people * 2))
    assert stands(line)[0] == SignUp.objects.count() == 4
    assert stands(line)[2] == 5
