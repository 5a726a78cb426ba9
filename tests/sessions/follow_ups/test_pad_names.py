"""Names from a pad: claims that a moderator joins with a person, or not."""

import pytest

from opendev.core.errors import Malformed, NotFound
from sessions.follow_ups.models import SignUp
from sessions.follow_ups.selectors.lines import line_with_names
from sessions.follow_ups.services.lines import remove_name
from sessions.follow_ups.services.pad_names import (
    NotFromThePad,
    join_pad_name,
    part_pad_name,
    record_pad_name,
    update_pad_name,
    withdraw_pad_name,
)
from sessions.programme.services.rights import NotModerator
from tests.factories import NOW, make_attendee, make_line, make_moderator, make_session, put_name
from tests.factories.sessions import Caller, organiser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def line():
    return make_line(make_session())


@pytest.fixture
def moderator(line):
    return organiser_of(line.session.event)


def typed(line, name):
    return record_pad_name(line_id=line.pk, name=name, now=NOW)


def stands(line):
    found = line_with_names(line.pk)
    return found.count, [name.name for name in found.names]


def test_name_from_the_pad_is_listed_as_a_claim(line):
    claim = typed(line, "  J.  Garbutt ")
    assert (claim.source, claim.name, claim.is_claim, claim.shown) == ("pad", "J. Garbutt", True, False)
    assert stands(line) == (1, ["J. Garbutt"])


def test_two_people_of_one_name_are_two_claims_and_a_pasted_line_is_the_same_one(line):
    first, second = typed(line, "Kim"), typed(line, "Kim")
    assert first.pk != second.pk
    withdraw_pad_name(sign_up_id=first.pk, now=NOW)
    assert stands(line) == (1, ["Kim"])
    assert typed(line, "KIM").pk == first.pk
    assert stands(line) == (2, ["KIM", "Kim"])


def test_removed_name_stays_removed_when_it_is_typed_again(line, moderator):
    claim = typed(line, "Rude word")
    remove_name(sign_up_id=claim.pk, caller=moderator, now=NOW)
    withdraw_pad_name(sign_up_id=claim.pk, now=NOW)
    assert typed(line, "Rude  Word").pk == claim.pk
    assert stands(line) == (0, [])


def test_confirmed_claim_is_the_attendees_until_it_becomes_another_name(line, moderator):
    john = make_attendee(line.session, name="John Garbutt")
    claim = typed(line, "J. Garbutt")
    joined = join_pad_name(sign_up_id=claim.pk, caller=moderator, attendee_id=john.attendee_id, now=NOW)
    assert (joined.attendee_id, joined.confirmed_by_id) == (john.attendee_id, moderator.user_id)
    assert stands(line)[0] == 1
    assert update_pad_name(sign_up_id=claim.pk, name="j. garbutt").attendee_id == john.attendee_id
    parted = update_pad_name(sign_up_id=claim.pk, name="Jane Garbutt")
    assert (parted.attendee_id, parted.is_claim) == (None, True)


def test_claim_of_somebody_who_signed_up_counts_as_their_second_name(line, moderator):
    john = make_attendee(line.session, name="John Garbutt")
    put_name(line, john)
    claim = typed(line, "J. Garbutt")
    assert stands(line)[0] == 2
    join_pad_name(sign_up_id=claim.pk, caller=moderator, attendee_id=john.attendee_id, now=NOW)
    assert stands(line) == (1, ["John Garbutt"])
    part_pad_name(sign_up_id=claim.pk, caller=moderator)
    assert stands(line)[0] == 2


def test_tap_of_somebody_whose_claim_was_confirmed_makes_it_their_own_word(line, moderator):
    john = make_attendee(line.session, name="John Garbutt")
    claim = typed(line, "J. Garbutt")
    join_pad_name(sign_up_id=claim.pk, caller=moderator, attendee_id=john.attendee_id, now=NOW)
    said = put_name(line, john)
    assert (said.pk, said.source, said.name) == (claim.pk, SignUp.Source.APP, "John Garbutt")
    with pytest.raises(NotFromThePad):
        withdraw_pad_name(sign_up_id=claim.pk, now=NOW)
    with pytest.raises(NotFromThePad):
        update_pad_name(sign_up_id=claim.pk, name="X")


def test_claims_are_joined_by_moderators_and_with_people_of_the_event_alone(line, moderator):
    claim, elsewhere = typed(line, "Kim"), make_session()
    stranger = Caller(user_id=make_moderator(elsewhere).pk)
    john = make_attendee(line.session, name="John")
    with pytest.raises(NotModerator):
        join_pad_name(sign_up_id=claim.pk, caller=stranger, attendee_id=john.attendee_id, now=NOW)
    with pytest.raises(NotModerator):
        part_pad_name(sign_up_id=claim.pk, caller=stranger)
    other = make_attendee(elsewhere, name="Other").attendee_id
    with pytest.raises(Malformed) as refusal:
        join_pad_name(sign_up_id=claim.pk, caller=moderator, attendee_id=other, now=NOW)
    assert refusal.value.fields.keys() == {"attendee"}
    join_pad_name(sign_up_id=claim.pk, caller=moderator, attendee_id=john.attendee_id, now=NOW)


def test_text_of_a_pad_is_cut_to_what_can_be_shown(line):
    assert typed(line, "A\x00da\tL" + "x" * 200).name == "Ada L" + "x" * 115
    for nothing in ("", " \t ", "\x07"):
        with pytest.raises(Malformed):
            typed(line, nothing)
    with pytest.raises(NotFound):
        record_pad_name(line_id=line.pk + 1000, name="Ada", now=NOW)
