"""What must always hold of lines and names, tried with raw inserts past every service."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from sessions.follow_ups.models import FollowUpGroup, SignUp, SignUpLine
from tests.factories import NOW, make_attendee, make_line, make_session

pytestmark = pytest.mark.django_db

CONSENT = {
    "email": "ada@example.org",
    "consent": "They may write to me.",
    "consented_at": NOW,
    "contact_until": date(2020, 10, 1),
}


@pytest.fixture
def line():
    return make_line(make_session())


@pytest.fixture
def named(line):
    """The fields of a sign-up that is in order."""
    attendee = make_attendee(line.session, name="Ada")
    return {
        "line": line,
        "attendee_id": attendee.attendee_id,
        "name": "Ada",
        "source": "app",
        "signed_up_at": NOW,
    }


def refused_by(name, make):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        make()
    # SQLite names the columns of a broken UNIQUE and the constraint of a broken CHECK; PostgreSQL names both.
    return name in str(caught.value) or "UNIQUE constraint failed" in str(caught.value)


def insert(named, **changes):
    return SignUp.objects.bulk_create([SignUp(**{**named, **changes})])


def test_sign_up_in_order_goes_in_once_and_never_twice(named):
    insert(named, **CONSENT)
    assert refused_by("sign_up_once_a_line", lambda: insert(named))
    insert(named, attendee_id=None, source="pad")
    insert(named, attendee_id=None, source="pad")
    assert SignUp.objects.count() == 3


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("sign_up_source_is_known", {"source": "fax"}),
        ("sign_up_has_a_name", {"name": ""}),
        ("sign_up_here_is_an_attendees", {"attendee_id": None}),
        ("sign_up_address_needs_consent", {**CONSENT, "consent": ""}),
        ("sign_up_address_needs_consent", {**CONSENT, "consented_at": None}),
        ("sign_up_address_needs_consent", {**CONSENT, "contact_until": None}),
        ("sign_up_address_needs_consent", {"consent": "They may write to me."}),
        ("sign_up_from_pad_agreed_to_nothing", {**CONSENT, "source": "pad", "attendee_id": None}),
        ("sign_up_from_pad_agreed_to_nothing", {"shown": True, "source": "pad", "attendee_id": None}),
        ("sign_up_address_goes_with_the_name", {**CONSENT, "withdrawn_at": NOW}),
        ("sign_up_address_goes_with_the_name", {**CONSENT, "removed_at": NOW}),
        ("sign_up_from_pad_is_joined_by_a_moderator", {"source": "pad"}),
    ],
)
def test_raw_sign_up_that_breaks_a_rule_is_refused(named, name, changes):
    insert({**named, "attendee_id": None, "source": "pad"})
    assert refused_by(name, lambda: insert(named, **changes))


def test_removal_without_a_time_and_a_second_name_of_an_attendee_are_refused(named):
    insert(named)
    first = SignUp.objects.get()
    moderator = named["line"].session.event.organisers.first()
    assert refused_by("sign_up_removal_has_a_time", lambda: SignUp.objects.update(removed_by=moderator))
    other = make_attendee(named["line"].session, name="Eve").attendee_id
    assert refused_by(
        "sign_up_second_name_is_from_the_pad", lambda: insert(named, attendee_id=other, same_as=first)
    )


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("sign_up_line_is_open_or_closed", {"state": "closed"}),
        ("sign_up_line_is_open_or_closed", {"closed_at": NOW}),
        ("sign_up_line_is_open_or_closed", {"state": "maybe"}),
        ("sign_up_line_has_a_title", {"title": ""}),
        ("sign_up_line_code_can_be_read_aloud", {"code": "bcdfgho"}),
        ("sign_up_line_code_can_be_read_aloud", {"code": "cdfg"}),
        ("sign_up_line_counts_from_one", {"announced_line": 0}),
    ],
)
def test_raw_line_that_breaks_a_rule_is_refused(line, name, changes):
    whole = {"session": line.session, "title": "Another", "opened_at": NOW + timedelta(minutes=1)}
    SignUpLine.objects.create(**whole)
    assert refused_by(name, lambda: SignUpLine.objects.create(**{**whole, **changes}))


def test_line_codes_are_never_given_twice(line):
    assert refused_by(
        "code",
        lambda: SignUpLine.objects.create(session=line.session, title="B", opened_at=NOW, code=line.code),
    )


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("follow_up_group_status_is_known", {"status": "soon"}),
        ("follow_up_group_has_a_title", {"title": ""}),
    ],
)
def test_raw_group_that_breaks_a_rule_is_refused(line, name, changes):
    whole = {"event": line.session.event, "title": "Networking", "created_at": NOW}
    FollowUpGroup.objects.create(**whole)
    assert refused_by(name, lambda: FollowUpGroup.objects.create(**{**whole, **changes}))
