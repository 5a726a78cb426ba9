"""When a session takes reactions, from whom and how often: the rules of every door."""

import pytest

from opendev.core import limits
from opendev.core.attendance import Caller
from opendev.core.errors import DomainError, Malformed, NotSignedIn, TooOften
from sessions.audit.models import AuditEntry
from sessions.programme.models import Session
from sessions.programme.serializers import session_state
from sessions.programme.services.rights import NotModerator
from sessions.reactions.counters import PACES, REACTIONS
from sessions.reactions.services import react, set_pace, set_reaction_rules
from tests.factories import NOW, make_attendee, make_helper, make_moderator, make_session

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def uncounted():
    limits.forget_all()


@pytest.fixture
def session():
    return make_session(reactions_open=True)


def refusal_of(act, **fields):
    try:
        act(**fields)
    except DomainError as error:
        return error.code
    return ""


def test_every_reaction_and_pace_is_taken(session):
    state = session_state(session)
    for reaction in REACTIONS:
        assert react(session=state, attendee=make_attendee(session), reaction=reaction) == reaction
    for pace in (*PACES, None):
        assert set_pace(session=state, attendee=make_attendee(session), pace=pace) == pace


@pytest.mark.parametrize("wrong", ["", "boo", 7, None, ["applause"], {"applause": 1}])
def test_unknown_reaction_is_malformed(session, wrong):
    with pytest.raises(Malformed) as refused:
        react(session=session_state(session), attendee=make_attendee(session), reaction=wrong)
    assert set(refused.value.fields) == {"reaction"}


@pytest.mark.parametrize("wrong", ["", "faster", 0, False, ["lost"]])
def test_unknown_pace_is_malformed(session, wrong):
    with pytest.raises(Malformed) as refused:
        set_pace(session=session_state(session), attendee=make_attendee(session), pace=wrong)
    assert set(refused.value.fields) == {"pace"}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"state": "live"}, ""),
        ({"state": "over"}, "session_is_over"),
        ({"state": "upcoming"}, "reactions_are_off"),
        ({"state": "upcoming", "cancelled_at": NOW}, "session_is_cancelled"),
        ({"state": "live", "reactions_open": False}, "reactions_are_off"),
    ],
)
def test_session_takes_them_while_it_is_live_and_wants_them(fields, code):
    session = make_session(reactions_open=True)
    attendee = make_attendee(session)
    Session.objects.filter(pk=session.pk).update(**fields)
    common = {"session": session_state(Session.objects.get(pk=session.pk)), "attendee": attendee}
    assert refusal_of(react, **common, reaction="applause") == code
    assert refusal_of(set_pace, **common, pace="lost") == code


def test_one_attendee_reacts_once_in_two_seconds_and_holds_up_nobody_else(session):
    state, ada = session_state(session), make_attendee(session)
    react(session=state, attendee=ada, reaction="applause")
    with pytest.raises(TooOften) as refused:
        react(session=state, attendee=ada, reaction="thumbs_up")
    assert refused.value.retry_after in {1, 2}
    react(session=state, attendee=make_attendee(session), reaction="applause")
    set_pace(session=state, attendee=ada, pace="slower")


def test_pace_is_limited_by_the_minute(session):
    fields = {"session": session_state(session), "attendee": make_attendee(session)}
    assert [refusal_of(set_pace, **fields, pace="slower") for _ in range(13)] == [""] * 12 + ["too_often"]


def test_session_takes_no_reactions_until_a_moderator_says_so():
    session = make_session()
    assert session_state(session)["reactions"] == {"taken": False, "on_screen": True}
    caller = Caller(user_id=make_moderator(session).pk)
    changed = set_reaction_rules(session_id=session.pk, caller=caller, taken=True)
    assert session_state(changed)["reactions"] == {"taken": True, "on_screen": True}
    assert changed.version == session.version + 1
    set_reaction_rules(session_id=session.pk, caller=caller, on_screen=False)
    now = Session.objects.get(pk=session.pk)
    assert (now.reactions_open, now.reactions_on_screen) == (True, False)
    assert set(AuditEntry.objects.values_list("details__setting", flat=True)) == {"reactions"}


def test_rules_are_the_moderators():
    session = make_session()
    for caller, refusal in (
        (Caller(), NotSignedIn),
        (Caller(user_id=make_helper(session).pk), NotModerator),
    ):
        with pytest.raises(refusal):
            set_reaction_rules(session_id=session.pk, caller=caller, taken=True)
    caller = Caller(user_id=make_moderator(session).pk)
    with pytest.raises(Malformed):
        set_reaction_rules(session_id=session.pk, caller=caller, taken="yes")
