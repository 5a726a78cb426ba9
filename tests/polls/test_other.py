"""Own words beside the options ("Other"): counted exactly, moderated, and made an option; on both databases."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from opendev.core.errors import DomainError, Malformed
from opendev.core.groups import EVERYBODY
from opendev.core.text import ERASED
from polls.models import Ballot, Option, Poll, Selection
from polls.selectors import fresh_options, moderated_answers, options_of, own_answer
from polls.serializers import mine_json, poll_json
from polls.services import (
    edit_poll,
    erase_ballots,
    finalise_due_polls,
    promote_answer,
    promote_answers,
    record_ballots,
    recount_polls,
    run_again,
    set_poll_state,
)
from polls.services.moderating import approve_all, set_answer_states, set_blocked_words
from polls.services.poll_batch import Vote
from polls.services.promoting import TooManyOptions
from polls.services.reading import read_draft
from sessions.audit.models import AuditEntry
from sessions.timeline.models import TimelineEntry
from tests.factories import NOW, make_attendee, make_poll
from tests.factories.sessions import organiser_of

OPEN = {"rules": {"other": True, "approve": False}, "visibility": "always"}
MODERATED = {"rules": {"other": True}, "visibility": "always"}


def ids(poll):
    return dict(poll.options.filter(position__isnull=False).values_list("text", "pk"))


def vote(poll, words="", *texts, attendee=None, withdraws=False):
    chosen = tuple(ids(poll)[text] for text in texts)
    attendee = attendee or make_attendee(poll.session)
    return Vote(poll.pk, attendee, chosen, NOW, withdraws=withdraws, other=words)


def cast(*votes):
    """Record a batch; the codes of those that were refused, "" for the others."""
    return [getattr(outcome, "code", "") for outcome in record_ballots(votes, NOW).outcomes]


def counts(poll):
    """The moderator's options with their counts, and what people wrote for "Other" with theirs; both proven."""
    assert recount_polls() == (Poll.objects.count(), [])
    poll.refresh_from_db()
    options = list(
        poll.options.filter(position__isnull=False).order_by("position").values_list("text", "count")
    )
    return options, {answer.text: answer.count for answer in moderated_answers(poll)}


def caller(poll):
    return organiser_of(poll.session.event)


def answer_id(poll, text):
    return next(answer.pk for answer in moderated_answers(poll) if answer.text == text)


def promote(poll, text):
    return promote_answer(poll_id=poll.pk, caller=caller(poll), option_id=answer_id(poll, text), now=NOW)


def body(poll, audience=EVERYBODY):
    poll.refresh_from_db()
    return poll_json(poll, fresh_options(poll), audience)


# --- the poll


def test_rules_say_whether_there_is_other():
    given = {"question": "Which?", "options": [{"text": "a"}, {"text": "b"}]}
    assert read_draft(given).rules == {}
    assert read_draft({**given, "rules": {"other": False, "approve": False}}).rules == {}
    assert read_draft({**given, "rules": {"other": True}}).rules == {"other": True, "approve": True}
    several = read_draft({**given, "kind": "multiple", "rules": {"other": True}})
    assert (several.min, several.max) == (1, 3)
    for rules in ({"other": "yes"}, {"other": True, "approve": 1}, {"others": True}, []):
        with pytest.raises(Malformed):
            read_draft({**given, "rules": rules})


@pytest.mark.django_db
def test_other_stands_last_and_is_not_among_the_options_that_are_edited():
    poll = make_poll(state="draft", **MODERATED)
    assert list(ids(poll)) == ["a", "b", "c", "Other"]
    sent = body(poll, "moderators")["options"]
    assert sent[-1]["other"] is True
    given = {"options": [{"id": option["id"], "text": option["text"]} for option in sent] + [{"text": "d"}]}
    edit_poll(poll_id=poll.pk, caller=caller(poll), given=given, now=NOW)
    assert [option.text for option in options_of(Poll.objects.get(pk=poll.pk))] == [
        "a",
        "b",
        "c",
        "d",
        "Other",
    ]
    edit_poll(poll_id=poll.pk, caller=caller(poll), given={"rules": {"other": False}}, now=NOW)
    assert [option.text for option in options_of(Poll.objects.get(pk=poll.pk))] == ["a", "b", "c", "d"]


@pytest.mark.django_db
def test_another_round_has_other_and_what_became_an_option():
    poll = make_poll(**OPEN)
    cast(vote(poll, "etcd"))
    promote(poll, "etcd")
    set_poll_state(poll_id=poll.pk, caller=caller(poll), state="closed", now=NOW)
    again = run_again(poll_id=poll.pk, caller=caller(poll), now=NOW)
    assert counts(again) == ([("a", 0), ("b", 0), ("c", 0), ("etcd", 0), ("Other", 0)], {})


# --- votes


def test_own_words_are_counted_as_other_and_grouped(database):
    poll = make_poll(**OPEN)
    assert cast(vote(poll, "etcd"), vote(poll, "Etcd "), vote(poll, "Nova"), vote(poll, "", "a")) == [""] * 4
    options, words = counts(poll)
    assert options == [("a", 1), ("b", 0), ("c", 0), ("Other", 3)]
    assert sorted(words.values()) == [1, 2]
    assert poll.ballots == 4


def test_vote_changes_between_words_and_options_and_is_taken_back(database):
    poll = make_poll(**OPEN)
    ada = make_attendee(poll.session)
    for words, chosen, other in (("etcd", (), 1), ("", ("a",), 0), ("Nova", (), 1), ("Nova!", ("Other",), 1)):
        assert cast(vote(poll, words, *chosen, attendee=ada)) == [""]
        options, _words = counts(poll)
        assert (dict(options)["Other"], dict(options)["a"], poll.ballots) == (other, 1 - other, 1)
    mine = mine_json(own_answer(ada, poll))
    assert (mine["options"], mine["other"]) == ([str(ids(poll)["Other"])], "Nova!")
    assert cast(vote(poll, attendee=ada, withdraws=True)) == [""]
    assert counts(poll) == ([("a", 0), ("b", 0), ("c", 0), ("Other", 0)], {})
    assert not Option.objects.filter(author_kind="voter").exists()


def test_several_choices_hold_words_beside_options(database):
    poll = make_poll(kind="multiple", **OPEN)
    ada = make_attendee(poll.session)
    assert cast(vote(poll, "etcd", "a", "b", attendee=ada), vote(poll, "etcd", "a")) == ["", ""]
    assert counts(poll) == ([("a", 2), ("b", 1), ("c", 0), ("Other", 2)], {"etcd": 2})
    mine = mine_json(own_answer(ada, poll))
    assert (len(mine["options"]), mine["other"]) == (3, "etcd")
    assert poll.ballots == 2


def test_words_that_an_option_has_are_that_option(database):
    poll = make_poll(options=["Magnum", "Nova"], **OPEN)
    assert cast(vote(poll, "MAGNUM"), vote(poll, "", "Magnum")) == ["", ""]
    assert counts(poll) == ([("Magnum", 2), ("Nova", 0), ("Other", 0)], {})


@pytest.mark.django_db
def test_votes_that_do_not_fit_are_refused_with_codes():
    poll, plain = make_poll(**OPEN), make_poll()
    several = make_poll(poll.session, kind="multiple", max=2, **OPEN)
    assert cast(
        vote(poll, "", "Other"),
        vote(poll, "etcd", "a"),
        vote(several, "etcd", "a", "b"),
        vote(several, "a", "a"),
        vote(plain, "etcd"),
        vote(plain, "etcd", "a"),
    ) == [
        "other_needs_words",
        *["wrong_number_of_options"] * 2,
        "duplicate_option",
        *["wrong_answer"] * 2,
    ]
    assert not Ballot.objects.exists()


# --- moderated


def test_words_reach_nobody_before_they_are_approved(database):
    poll = make_poll(**MODERATED)
    cast(vote(poll, "etcd"), vote(poll, "etcd"), vote(poll, "Nova"))
    told = body(poll)
    assert (told["options"][-1]["count"], told["other"]) == (3, {"answers": [], "different": 0})
    assert "moderation" not in told
    assert body(poll, "moderators")["moderation"] == {"waiting": 2, "hidden": 0}
    approve_all(poll_id=poll.pk, caller=caller(poll))
    assert [(a["text"], a["count"]) for a in body(poll)["other"]["answers"]] == [("etcd", 2), ("Nova", 1)]
    set_answer_states(
        poll_id=poll.pk, caller=caller(poll), option_ids=[answer_id(poll, "etcd")], state="hidden"
    )
    assert "etcd" not in str(body(poll))
    assert body(poll)["options"][-1]["count"] == 3
    set_blocked_words(session_id=poll.session_id, caller=caller(poll), words=["nova"])
    assert body(poll)["other"]["answers"] == []


@pytest.mark.django_db
def test_words_are_hidden_with_the_tally():
    poll = make_poll(rules={"other": True, "approve": False}, visibility="after_close")
    cast(vote(poll, "etcd"))
    assert "other" not in body(poll)
    assert "etcd" not in str(body(poll))
    set_poll_state(poll_id=poll.pk, caller=caller(poll), state="closed", now=NOW)
    assert body(poll)["other"]["answers"][0]["text"] == "etcd"


# --- made an option


def test_promoting_moves_the_selections_and_keeps_the_words(database):
    poll = make_poll(**MODERATED)
    ada = make_attendee(poll.session)
    cast(
        vote(poll, "etcd", attendee=ada),
        vote(poll, "etcd"),
        vote(poll, "ETCD"),
        vote(poll, "Nova"),
        vote(poll, "", "a"),
    )
    promote(poll, "etcd")
    assert counts(poll) == ([("a", 1), ("b", 0), ("c", 0), ("etcd", 3), ("Other", 1)], {"Nova": 1})
    assert Option.objects.get(poll=poll, text="etcd").written == {"etcd": 2, "ETCD": 1}
    told = body(poll)["options"][3]
    assert (told["text"], told["count"], told["written"]) == ("etcd", 3, 3)
    mine = mine_json(own_answer(ada, poll))
    assert mine["options"] == [told["id"]]
    assert "other" not in mine
    entry = TimelineEntry.objects.get(verb="poll.promoted")
    assert (entry.title, entry.subject) == ("etcd", str(poll.pk))
    assert AuditEntry.objects.get(kind="polls.written_promoted").details == {"answers": 3}
    assert cast(vote(poll, "Etcd"), vote(poll, "", "b", attendee=ada)) == [
        "",
        "",
    ]  # later words are that option
    assert counts(poll)[0] == [("a", 1), ("b", 1), ("c", 0), ("etcd", 3), ("Other", 1)]
    assert body(poll)["options"][3]["written"] == 3


def test_promoting_after_the_close_and_after_finalising_counts_exactly(database):
    poll = make_poll(kind="multiple", **OPEN)
    cast(vote(poll, "etcd", "a"), vote(poll, "Etcd", "b"), vote(poll, "Nova"))
    poll = set_poll_state(poll_id=poll.pk, caller=caller(poll), state="closed", now=NOW)
    assert finalise_due_polls(NOW + timedelta(days=1)) == 1
    [best] = [answer.text for answer in moderated_answers(poll) if answer.count == 2]
    promote(poll, best)
    options, words = counts(poll)
    assert [count for _text, count in options] == [1, 1, 0, 2, 1]
    assert words == {"Nova": 1}
    assert Selection.objects.filter(poll=poll).count() == 5


@pytest.mark.django_db
def test_what_cannot_be_promoted_is_refused():
    poll, plain = make_poll(**OPEN), make_poll()
    full = make_poll(poll.session, options=[str(n) for n in range(20)], **OPEN)
    cast(vote(full, "etcd"))

    def code(of, option):
        with pytest.raises(DomainError) as refused:
            promote_answer(poll_id=of.pk, caller=caller(of), option_id=option, now=NOW)
        return refused.value.code

    assert code(plain, 1) == "nothing_to_promote"
    assert code(poll, ids(poll)["a"]) == code(poll, 999) == "not_found"
    assert code(full, answer_id(full, "etcd")) == "too_many_options"


def test_several_answers_are_promoted_together_or_not_at_all(database):
    poll = make_poll(options=[str(n) for n in range(19)], **OPEN)
    cast(vote(poll, "etcd"), vote(poll, "Nova"))
    before = counts(poll)
    both = [answer_id(poll, "etcd"), answer_id(poll, "Nova")]
    given = {"poll_id": poll.pk, "caller": caller(poll), "now": NOW}
    with pytest.raises(TooManyOptions):
        promote_answers(option_ids=both, **given)
    assert counts(poll) == before
    promote_answers(option_ids=both[:1], **given)
    assert counts(poll)[0][-2:] == [("etcd", 1), ("Other", 1)]
    assert recount_polls()[1] == []


def test_erased_person_takes_their_words_along(database):
    poll = make_poll(anonymous=False, **OPEN)
    ada = make_attendee(poll.session)
    cast(vote(poll, "etcd", attendee=ada), vote(poll, "Nova"))
    assert erase_ballots(attendee_id=ada.attendee_id) == {poll.pk: ["etcd"]}
    options, words = counts(poll)
    assert options == [("a", 0), ("b", 0), ("c", 0), ("Other", 2)]
    [overwritten] = words.keys() - {"Nova"}
    assert overwritten.startswith(ERASED)
    assert set(words.values()) == {1}


def test_wrong_count_of_other_is_found_and_mended(database):
    poll = make_poll(**OPEN)
    cast(vote(poll, "etcd"))
    Option.objects.filter(poll=poll, is_other=True).update(count=7)
    _checked, [wrong] = recount_polls(fix=True)
    assert (wrong.kept, wrong.counted) == (7, 1)
    assert dict(counts(poll)[0])["Other"] == 1


# --- what the databases hold


@pytest.mark.parametrize(
    "break_it",
    [
        lambda poll, plain: Option.objects.create(poll=plain, text="x", key="x", author_kind="voter"),
        lambda poll, plain: Option.objects.create(
            poll=poll, text="x", key="x", author_kind="voter", is_other=True
        ),
        lambda poll, plain: Option.objects.create(poll=poll, text="Other", position=9, is_other=True),
        lambda poll, plain: Option.objects.create(poll=plain, text="Other", position=9, is_other=True),
        lambda poll, plain: Poll.objects.filter(pk=poll.pk).update(has_other=False),
    ],
)
def test_databases_refuse_what_breaks_a_rule_of_other(database, break_it):
    poll, plain = make_poll(**OPEN), make_poll()
    cast(vote(poll, "etcd"))
    with pytest.raises(DatabaseError), transaction.atomic():
        break_it(poll, plain)
