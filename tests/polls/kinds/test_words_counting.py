"""Words as they are counted: spellings merged, changed, taken back, hidden, merged by hand; and proven by recount."""

from datetime import timedelta

import pytest

from opendev.core.attendance import Caller
from opendev.core.errors import DomainError, Malformed
from opendev.core.groups import EVERYBODY
from opendev.core.text import ERASED
from polls.models import Option, Poll
from polls.selectors import own_answer, poll_by_id, written_of
from polls.serializers import poll_json
from polls.services import erase_ballots, finalise_due_polls, recount_polls, set_poll_state
from polls.services.ballots import record_ballots
from polls.services.moderating import (
    approve_all,
    merge_answers,
    set_answer_states,
    set_blocked_words,
    split_answer,
)
from sessions.programme.selectors import name_of_user
from tests.factories import NOW, make_attendee, make_moderator, make_poll, make_session, write_in
from tests.factories.sessions import organiser_of


@pytest.fixture
def poll(database):
    return make_poll(kind="words", max=3)


def give(poll, *answers, people=None):
    """Each answer is a person's words; the outcomes of one batch."""
    people = people or [make_attendee(poll.session) for _ in answers]
    outcomes = record_ballots(
        [write_in(poll, who, *words) for who, words in zip(people, answers, strict=True)], NOW
    ).outcomes
    poll.refresh_from_db()
    return outcomes


def shown(poll):
    return {one.text: one.count for one in written_of(poll)}


def answer(poll, text):
    return Option.objects.get(poll=poll, shown_as=text, merged_into=None).pk


def by(poll):
    return organiser_of(poll.session.event)


def proven():
    return recount_polls()[1] == []


def test_spellings_are_one_word_and_the_commonest_is_shown(poll):
    give(poll, ["etcd"], ["Etcd", "naïve"], [" ETCD. "], ["Etcd"], ["naive"], ["Naive"], ["naive"])
    assert shown(poll) == {"Etcd": 4, "naive": 4}
    assert poll.ballots == 7
    assert proven()


def test_a_person_who_gives_a_word_twice_counts_once(poll):
    [mine] = give(poll, ["etcd", "ETCD", "Etcd"])
    assert shown(poll) == {"etcd": 1}
    assert mine.mine.own == ("words", ("etcd",))
    assert proven()


def test_changed_and_withdrawn_words_leave_nothing_behind(poll):
    ada, bob = make_attendee(poll.session), make_attendee(poll.session)
    give(poll, ["etcd", "helm"], ["ETCD"], people=[ada, bob])
    give(poll, ["upgrades"], people=[ada])
    assert shown(poll) == {"ETCD": 1, "upgrades": 1}
    give(poll, [], people=[bob])
    assert shown(poll) == {"upgrades": 1}
    assert set(Option.objects.values_list("text", flat=True)) <= {"upgrades", "etcd"}
    assert proven()
    give(poll, ["Etcd"], people=[bob])
    assert shown(poll) == {"upgrades": 1, "Etcd": 1}
    assert proven()


def test_own_answer_is_ones_own_spelling(poll):
    ada = make_attendee(poll.session)
    give(
        poll,
        ["etcd"],
        ["ETCD"],
        ["ETCD"],
        people=[ada, make_attendee(poll.session), make_attendee(poll.session)],
    )
    mine = own_answer(ada, poll)
    assert mine.own == ("words", ("etcd",))
    assert mine.options == (answer(poll, "ETCD"),)


def test_words_of_a_refused_or_late_vote_are_not_made(poll):
    ada = make_attendee(poll.session)
    record_ballots([write_in(poll, ada, "one", seq=5)], NOW)
    record_ballots([write_in(poll, ada, "late", seq=4)], NOW)
    assert shown(poll) == {"one": 1}
    set_poll_state(poll_id=poll.pk, caller=by(poll), state="closed", now=NOW)
    [refused] = give(poll, ["too late"], people=[ada])
    assert refused.code == "poll_not_live"
    assert set(Option.objects.values_list("text", flat=True)) == {"one"}


@pytest.mark.parametrize("words", [[], ["a", "b", "c", "d"]])
def test_wrong_number_of_words_is_refused_with_its_code(poll, words):
    vote = write_in(poll, make_attendee(poll.session), *words)._replace(withdraws=False)
    [refused] = record_ballots([vote], NOW).outcomes
    assert isinstance(refused, DomainError)
    assert (refused.code, set(refused.fields)) == ("wrong_number_of_words", {"words"})


def test_batch_equals_its_votes_one_by_one(database):
    session = make_session()
    together, apart = make_poll(session, kind="words", max=2), make_poll(session, kind="words", max=2)
    people = [make_attendee(session) for _ in range(6)]
    votes = [
        (people[n % 6], words)
        for n, words in enumerate(
            [["a", "B"], ["b"], ["A"], ["c", "a"], ["Ä"], ["ä", "B"], ["b"], ["B"], [], ["C"], ["a"], []]
        )
    ]
    record_ballots([write_in(together, who, *words) for who, words in votes], NOW)
    for who, words in votes:
        record_ballots([write_in(apart, who, *words)], NOW)
    counts = {poll.pk: {o.text.lower(): o.count for o in written_of(poll)} for poll in (together, apart)}
    assert counts[together.pk] == counts[apart.pk]
    assert proven()


# --- moderation


def test_before_approval_nothing_is_shown(database):
    poll = make_poll(kind="words", rules={"approve": True})
    give(poll, ["etcd"], ["Etcd"])
    assert (shown(poll), written_of(poll).waiting) == ({}, 1)
    approve_all(poll_id=poll.pk, caller=by(poll))
    give(poll, ["ETCD"], ["new"])
    assert (sum(shown(poll).values()), written_of(poll).waiting) == (3, 1)
    assert proven()


def test_hidden_word_stays_hidden_whoever_writes_it_again(poll):
    ada = make_attendee(poll.session)
    give(poll, ["rude"], ["etcd"], people=[ada, make_attendee(poll.session)])
    set_answer_states(poll_id=poll.pk, caller=by(poll), option_ids=[answer(poll, "rude")], state="hidden")
    give(poll, [], people=[ada])
    give(poll, ["RUDE"], ["Rude"])
    assert (shown(poll), written_of(poll).hidden, written_of(poll).different) == ({"etcd": 1}, 1, 1)
    assert proven()


def merge(poll, *texts, caller=None, now=NOW):
    """Count the first as the last."""
    *merged, into = (answer(poll, text) for text in texts)
    merge_answers(poll_id=poll.pk, caller=caller or by(poll), option_ids=merged, into_id=into, now=now)


def test_merged_words_are_counted_together_and_a_person_once(poll):
    give(poll, ["k8s"], ["K8S", "Kubernetes"], ["kubernetes"], ["etcd"])
    merge(poll, "k8s", "Kubernetes")
    assert shown(poll) == {"Kubernetes": 3, "etcd": 1}
    give(poll, ["K8s"], ["k8s", "kubernetes"])
    assert shown(poll) == {"Kubernetes": 5, "etcd": 1}
    assert proven()
    split_answer(poll_id=poll.pk, caller=by(poll), option_id=answer(poll, "Kubernetes"), now=NOW)
    assert sum(shown(poll).values()) == 6
    assert proven()
    give(poll, ["k8s"])
    assert proven()


def test_who_regroups_a_closed_result_is_told_to_everybody(poll):
    give(poll, ["k8s"], ["Kubernetes"], ["kube"], ["etcd"], ["raft"])
    merge(poll, "k8s", "Kubernetes")
    assert told(poll) is None  # while it is live the result is still moving
    set_poll_state(poll_id=poll.pk, caller=by(poll), state="closed", now=NOW)
    second = Caller(user_id=make_moderator(poll.session, "Olive Owner").pk)
    merge(poll, "kube", "Kubernetes")
    merge(poll, "etcd", "raft", caller=second, now=NOW + timedelta(minutes=1))
    merge(poll, "raft", "Kubernetes", now=NOW + timedelta(minutes=2))
    for _ in range(2):  # the second time nothing is left to split
        split_answer(
            poll_id=poll.pk,
            caller=second,
            option_id=answer(poll, "Kubernetes"),
            now=NOW + timedelta(minutes=3),
        )
    assert [(one["act"], one["by"], one["at"][11:16], one["answers"]) for one in told(poll)] == [
        ("merged", "Olive Owner", "15:01", 1),
        ("merged", name_of_user(by(poll).user_id, poll.session.event_id), "15:02", 2),
        ("split", "Olive Owner", "15:03", 4),
    ]
    assert not any(word in str(told(poll)) for word in ("k8s", "kube", "etcd", "raft"))
    assert proven()


def told(poll):
    """What everybody reads about answers that were regrouped."""
    stored = Poll.objects.get(pk=poll.pk)
    return poll_json(stored, written_of(stored), EVERYBODY).get("regrouped")


def test_list_of_the_event_hides_words_wherever_they_are_written(poll):
    give(poll, ["damn"], ["damn it"], ["damnation"], ["etcd"])
    session = poll.session_id
    set_blocked_words(session_id=session, caller=by(poll), words=["DAMN", " ", "dämn"])
    give(poll, ["Damn"], ["ok, damn!"])
    assert shown(poll) == {"damnation": 1, "etcd": 1}
    other = make_poll(poll.session, kind="words")
    give(other, ["damn"], ["fine"])
    assert shown(other) == {"fine": 1}
    with pytest.raises(Malformed):
        set_blocked_words(session_id=session, caller=by(poll), words=["damn", None])
    set_blocked_words(session_id=session, caller=by(poll), words=[])
    assert shown(other) == {"fine": 1, "damn": 1}
    assert proven()


# --- what stays


def test_finalised_poll_holds_no_text_that_nobody_gives(poll):
    ada = make_attendee(poll.session)
    give(poll, ["Mine alone", "ETCD"], ["etcd"], people=[ada, make_attendee(poll.session)])
    set_answer_states(
        poll_id=poll.pk, caller=by(poll), option_ids=[answer(poll, "Mine alone")], state="hidden"
    )
    give(poll, ["other"], people=[ada])
    assert Option.objects.filter(text="Mine alone").exists()
    set_poll_state(poll_id=poll.pk, caller=by(poll), state="closed", now=NOW)
    finalise_due_polls(NOW + timedelta(minutes=1))
    assert set(Option.objects.values_list("text", flat=True)) == {"other", "etcd"}
    assert shown(poll) == {"other": 1, "etcd": 1}
    assert proven()


def test_erased_persons_words_are_gone_and_shared_ones_stay(database):
    poll = make_poll(kind="words", max=3, anonymous=False)
    ada, bob = make_attendee(poll.session), make_attendee(poll.session)
    give(poll, ["ETCD", "Ada was here"], ["etcd"], people=[ada, bob])
    erase_ballots(attendee_id=ada.attendee_id)
    texts = set(Option.objects.values_list("text", flat=True))
    assert len(texts) == 3
    assert {text for text in texts if not text.startswith(ERASED)} == {"etcd"}
    poll = poll_by_id(poll.pk)
    assert (shown(poll), poll.ballots) == ({"etcd": 2}, 2)
    assert own_answer(bob, poll).own == ("words", ("etcd",))
    assert proven()
