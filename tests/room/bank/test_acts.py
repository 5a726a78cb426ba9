"""A user's bank of polls: what is saved, what comes of it, and that nobody else has it."""

import pytest

from opendev.core.attendance import Caller
from opendev.core.errors import Malformed, NotFound, NotSignedIn
from opendev.room.bank.acts import (
    MAX_BANKED,
    BankIsFull,
    NothingChosen,
    add_from_bank,
    bank_of,
    draft_in,
    remove_from_bank,
    save_to_bank,
)
from opendev.room.models import BankedPoll
from opendev.room.poll_files.lines import without_ids
from polls.kinds import KINDS
from polls.models import Poll
from polls.services import run_again
from polls.services.drafts import draft_of
from sessions.audit.models import AuditEntry
from sessions.programme.services.rights import NotModerator
from tests.factories import NOW, make_event, make_moderator, make_organiser, make_poll, make_session
from tests.factories.sessions import organiser_of

RIGHT = {
    "single": {"options": [2]},
    "scale": {"options": [2]},
    "ranking": {"ranking": [3, 1, 2]},
    "number": {"number": "5"},
}
pytestmark = pytest.mark.django_db


@pytest.fixture
def caller(session):
    return Caller(user_id=make_moderator(session).pk)


def save(session, caller, *polls):
    return save_to_bank(session=session, caller=caller, polls={poll.pk for poll in polls}, now=NOW)


def add(session, caller, *rows):
    return add_from_bank(session_id=session.pk, caller=caller, banked={row.pk for row in rows}, now=NOW)


@pytest.mark.parametrize("kind", KINDS)
def test_poll_of_every_kind_is_a_draft_with_all_its_settings_in_a_session_of_another_event(session, kind):
    event = make_event(name="Elsewhere")
    user = make_organiser(event)
    session.event.organisers.add(user)
    caller = Caller(user_id=user.pk)
    poll = make_poll(
        session,
        kind=kind,
        state="published",
        options=None if KINDS[kind].makes_options else ("a", "b", "c"),
        right_answer=RIGHT.get(kind),
        anonymous=False,
        may_change=False,
        visibility="after_close",
    )
    was = without_ids(draft_of(poll, list(poll.options.all())))
    [row] = save(session, caller, poll)
    Poll.objects.filter(session=session).delete()
    [copy] = add(make_session(event), caller, row)
    assert (copy.state, draft_in(row)) == ("draft", was)
    assert without_ids(draft_of(copy, list(copy.options.all()))) == was


def test_latest_round_is_saved_once(session, caller):
    poll = make_poll(session, state="closed")
    again = run_again(poll_id=poll.pk, caller=organiser_of(session.event), now=NOW)
    Poll.objects.filter(pk=again.pk).update(question="Which, mended?")
    [row] = save(session, caller, poll)
    assert row.poll["question"] == "Which, mended?"
    assert save(session, caller, again) == [row]
    assert bank_of(caller) == [row]
    entry = AuditEntry.objects.filter(kind="people.exported").first()
    assert (entry.subject, entry.details["format"]) == (f"polls of session {session.pk}", "bank")


def test_bank_is_its_owners_alone(session, caller):
    [row] = save(session, caller, make_poll(session))
    other = Caller(user_id=make_moderator(session).pk)
    assert bank_of(other) == []
    with pytest.raises(Malformed) as refusal:
        add(session, other, row)
    assert "not in your bank" in str(refusal.value.message)
    with pytest.raises(NotFound):
        remove_from_bank(caller=other, banked=row.pk)
    with pytest.raises(NotSignedIn):
        bank_of(Caller())
    remove_from_bank(caller=caller, banked=row.pk)
    assert bank_of(caller) == []


def test_bank_is_filled_from_and_emptied_into_sessions_that_one_moderates(session, caller):
    elsewhere = make_session()
    [row] = save(session, caller, make_poll(session))
    with pytest.raises(NotModerator):
        save(elsewhere, caller, make_poll(elsewhere))
    with pytest.raises(NotModerator):
        add(elsewhere, caller, row)
    for polls in ([make_poll(elsewhere)], [make_poll(session, state="archived")]):
        with pytest.raises(Malformed) as refusal:
            save(session, caller, *polls)
        assert "not in the session" in str(refusal.value.message)
    for act in (save, add):
        with pytest.raises(NothingChosen):
            act(session, caller)


def test_several_become_drafts_in_the_order_in_which_they_were_saved(session, caller):
    rows = [save(session, caller, make_poll(session, question=f"{word}?"))[0] for word in ("One", "Two")]
    assert [poll.question for poll in add(session, caller, *rows)] == ["One?", "Two?"]


def test_full_bank_takes_no_more(session, caller):
    poll = {"question": "Which?", "kind": "text"}
    rows = [BankedPoll(user_id=caller.user_id, poll=poll, saved_at=NOW) for _ in range(MAX_BANKED)]
    BankedPoll.objects.bulk_create(rows)
    with pytest.raises(BankIsFull):
        save(session, caller, make_poll(session))
    assert BankedPoll.objects.count() == MAX_BANKED
