"""Writing polls: what a draft may be, what may still be changed once it was launched, and further rounds."""

import pytest

from opendev.core.attendance import NOBODY, Caller
from opendev.core.errors import DomainError, Malformed, NotFound, NotSignedIn
from opendev.core.groups import EVERYBODY
from polls.models import Ballot, Option, Poll
from polls.serializers import poll_json
from polls.services import add_poll, edit_poll, run_again, set_poll_state
from polls.services.reading import read_draft
from sessions.programme.services.rights import NotModerator
from sessions.timeline.models import TimelineEntry
from tests.factories import (
    NOW,
    as_tally,
    make_attendee,
    make_moderator,
    make_poll,
    make_session,
    options_of,
    record,
    vote_for,
)
from tests.factories.sessions import organiser_of

LEAST = {"question": "Which?", "options": [{"text": "a"}, {"text": "b"}]}


def refused_field(given, **more):
    with pytest.raises(Malformed) as refused:
        read_draft({**LEAST, **given}, **more)
    [field] = refused.value.fields
    assert str(refused.value.fields[field])
    return field


# --- reading


def test_draft_without_rules_has_the_usual_ones():
    draft = read_draft(LEAST)
    assert (draft.kind, draft.min, draft.max) == ("single", 1, 1)
    assert (draft.anonymous, draft.may_change, draft.visibility) == (True, True, "after_voting")


def test_kind_alone_says_how_many_may_be_chosen():
    assert read_draft({**LEAST, "kind": "multiple"}).max == 2
    assert read_draft({**LEAST, "kind": "multiple", "max": 1}).max == 1
    several = read_draft({**LEAST, "kind": "multiple"})
    assert read_draft({"kind": "single"}, over=several).max == 1


@pytest.mark.parametrize("value", [None, "", "  \n ", 7, [], {}, "x" * 301, "a\0b", "a\x1bb", "a\ud800b"])
def test_question_that_is_no_question_is_refused(value):
    assert refused_field({"question": value}) == "question"


@pytest.mark.parametrize(
    "value",
    [
        None,
        "a, b",
        b"ab",
        {"a": 1},
        [],
        [{"text": "a"}],
        [{"text": str(n)} for n in range(21)],
        ["a", "b"],
        [{"text": "a"}, {}],
        [{"text": "a"}, {"text": " "}],
        [{"text": "a"}, {"text": "x" * 121}],
        [{"text": "a"}, {"text": "a\0"}],
        [{"text": "a"}, {"text": "A"}],
        [{"text": "straße"}, {"text": "STRASSE"}],
        [{"text": "a"}, {"text": "b", "id": 1}],
        [{"text": "a"}, {"text": "b", "id": "1; DROP"}],
    ],
)
def test_options_that_are_no_options_are_refused(value):
    assert refused_field({"options": value}) == "options"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[(field, value) for field in ("kind", "visibility") for value in ("", "other", None, 1, ["single"])],
        *[(field, value) for field in ("anonymous", "may_change") for value in ("yes", 1, None, "true")],
        *[(field, value) for field in ("min", "max") for value in (0, -1, 21, 1.0, "1", True, None, 2**70)],
    ],
)
def test_rule_of_the_wrong_type_or_range_is_refused(field, value):
    assert refused_field({"kind": "multiple", field: value}) == field


@pytest.mark.parametrize(
    "rules",
    [
        {"kind": "single", "max": 2},
        {"max": 2},
        {"kind": "multiple", "min": 2, "max": 1},
        {"kind": "multiple", "max": 3},
        {"kind": "multiple", "min": 3},
    ],
)
def test_fewest_and_most_must_fit_each_other_and_the_options(rules):
    assert refused_field(rules) == "max"


def test_longest_texts_are_kept_whole():
    draft = read_draft({"question": "é" * 300, "options": [{"text": "ß" * 120}, {"text": "x" * 120}]})
    assert (len(draft.question), [len(text) for _id, text in draft.options]) == (300, [120, 120])


def test_white_space_is_folded_and_letters_are_composed():
    draft = read_draft({"question": " Cafe\u0301\n or  tea? ", "options": LEAST["options"]})
    assert draft.question == "Caf\u00e9 or tea?"


# --- adding


@pytest.mark.django_db
def test_poll_is_added_by_those_who_moderate_the_session_alone():
    session = make_session()
    neighbour = make_session(session.event)
    draft = read_draft(LEAST)
    for caller, error in (
        (NOBODY, NotSignedIn),
        (Caller(attendee=make_attendee(session)), NotSignedIn),
        (Caller(user_id=make_moderator(neighbour).pk), NotModerator),
    ):
        with pytest.raises(error):
            add_poll(session_id=session.pk, caller=caller, draft=draft, now=NOW)
    moderator = Caller(user_id=make_moderator(session).pk)
    added = [add_poll(session_id=session.pk, caller=moderator, draft=draft, now=NOW) for _ in range(2)]
    assert [(poll.state, poll.position, poll.number) for poll in added] == [
        ("draft", 1, None),
        ("draft", 2, None),
    ]
    assert list(added[0].options.values_list("text", "position", "count")) == [("a", 1, 0), ("b", 2, 0)]
    with pytest.raises(NotFound):
        add_poll(session_id=404, caller=moderator, draft=draft, now=NOW)


@pytest.mark.parametrize("twin", ["a\u200d", "A", "a\u200e", "\u200ba", "a\ufe0f"], ids=ascii)
def test_options_that_look_alike_are_one(twin):
    assert refused_field({"options": [{"text": "a"}, {"text": twin}]}) == "options"


# --- editing


@pytest.fixture
def edit(db):
    def edit_as_organiser(poll, **given):
        """What became of the edit: the poll, or the refusal's code and fields."""
        caller = organiser_of(poll.session.event)
        try:
            return edit_poll(poll_id=poll.pk, caller=caller, given=given, now=NOW)
        except DomainError as refusal:
            return refusal.code, set(refusal.fields)

    return edit_as_organiser


def as_given(poll, **changed):
    return [{"id": str(pk), "text": changed.get(text, text)} for text, pk in options_of(poll).items()]


def test_draft_can_be_changed_in_everything(edit):
    poll = make_poll(state="draft")
    ids = options_of(poll)
    new = edit(
        poll,
        question="Whither?",
        kind="multiple",
        min=2,
        max=3,
        anonymous=False,
        may_change=False,
        visibility="moderators",
        options=[{"text": "z"}, {"id": str(ids["c"]), "text": "C"}, {"id": str(ids["a"]), "text": "a"}],
    )
    assert (new.question, new.kind, new.min, new.max, new.single) == ("Whither?", "multiple", 2, 3, False)
    assert (new.anonymous, new.may_change, new.visibility) == (False, False, "moderators")
    assert list(options_of(poll)) == ["z", "C", "a"]
    assert (options_of(poll)["C"], options_of(poll)["a"]) == (ids["c"], ids["a"])


@pytest.mark.parametrize("state", ["live", "closed", "published", "archived"])
@pytest.mark.parametrize(
    "rule",
    [{"kind": "multiple"}, {"anonymous": False}, {"may_change": False}, {"kind": "multiple", "max": 2}],
)
def test_rules_are_frozen_once_launched(edit, state, rule):
    launched, draft = make_poll(state=state), make_poll(state="draft")
    assert edit(draft, **rule).state == "draft"
    assert edit(launched, **rule)[0] == "rules_are_frozen"


def rewordings(poll):
    """What everybody reads about changed words, and what stands in the timeline."""
    shown = [one["was"] for one in Poll.objects.get(pk=poll.pk).reworded or []]
    entries = TimelineEntry.objects.filter(subject=str(poll.pk), verb="poll.reworded")
    assert shown == list(entries.order_by("pk").values_list("title", flat=True))
    return shown


def test_texts_can_be_mended_once_launched_and_keep_their_votes(edit):
    poll = make_poll()
    edit(poll, question="Which on?")
    assert rewordings(poll) == []  # nobody has voted for other words
    record(vote_for(poll, make_attendee(poll.session), "b"))
    mended = edit(poll, question="Which one?", options=as_given(poll, b="B"))
    assert mended.question == "Which one?"
    assert as_tally(poll) == {"B": 1, "": 1}
    assert rewordings(poll) == ["Which on?", "b"]
    [question, _option] = mended.reworded
    assert question["by"] == TimelineEntry.objects.filter(verb="poll.reworded").first().actor_name != ""
    assert poll_json(mended, [], EVERYBODY)["reworded"] == mended.reworded


def test_texts_that_are_exchanged_while_live_leave_what_stood_there(edit):
    poll = make_poll()
    voter = make_attendee(poll.session)
    record(vote_for(poll, voter, "a"), vote_for(poll, voter))  # also a vote that was taken back was one
    edit(poll, options=as_given(poll, a="b", b="a"))
    assert rewordings(poll) == ["a", "b"]
    edit(poll, visibility="always")
    assert rewordings(poll) == ["a", "b"]


@pytest.mark.parametrize("state", ["closed", "published", "archived"])
def test_words_stand_once_voting_has_closed(edit, state):
    poll = make_poll(visibility="after_publishing")
    record(vote_for(poll, make_attendee(poll.session), "a"))
    Poll.objects.filter(pk=poll.pk).update(state=state, closed_at=NOW)
    before = (Poll.objects.values().get(pk=poll.pk), list(poll.options.values()))
    exchanged = as_given(poll, a="b", b="a")
    assert edit(poll, question="Should we not?") == ("words_are_frozen", {"question"})
    for options in (exchanged, as_given(poll)[::-1], [*as_given(poll), {"text": "d"}]):
        assert edit(poll, options=options) == ("words_are_frozen", {"options"})
    assert (Poll.objects.values().get(pk=poll.pk), list(poll.options.values())) == before
    poll.refresh_from_db()
    assert edit(poll, question="Which?", options=as_given(poll)).version == poll.version  # the same words
    assert edit(poll, visibility="always").visibility == "always"
    again = run_again(poll_id=poll.pk, caller=organiser_of(poll.session.event), now=NOW)
    assert edit(again, question="Should we not?").question == "Should we not?"


@pytest.mark.parametrize("votes", [0, 1])
@pytest.mark.parametrize("state", ["live", "closed", "published"])
def test_points_of_a_scale_keep_their_places_once_launched(edit, state, votes):
    rules = {"from": 1, "to": 4, "labels": ["never", "always"], "no_opinion": False}
    points = ("1 never", "2", "3", "4 always")
    poll = make_poll(kind="scale", rules=rules, options=points)
    record(*(vote_for(poll, make_attendee(poll.session), "4 always") for _ in range(votes)))
    Poll.objects.filter(pk=poll.pk).update(state=state, closed_at=None if state == "live" else NOW)
    before = (Poll.objects.values().get(pk=poll.pk), list(poll.options.values()))
    first, second, third, last = as_given(poll)
    for moved in (
        [last, third, second, first],
        [first, third, second, last],
        [first, third, {"text": "2"}, last],
        [first, second, {"text": "3"}, last],
        [{"text": point} for point in points],
    ):
        assert edit(poll, options=moved) == ("places_are_frozen", {"options"})
    assert (Poll.objects.values().get(pk=poll.pk), list(poll.options.values())) == before
    poll.refresh_from_db()
    if state == "live":
        assert list(options_of(edit(poll, options=as_given(poll, **{"1 never": "1 seldom"})))) == [
            "1 seldom", *points[1:],
        ]  # fmt: skip
        assert rewordings(poll) == ["1 never"] * votes


def test_order_of_a_live_polls_options_may_change_where_a_vote_is_for_the_option(edit):
    for kind, more in (("single", {}), ("multiple", {"max": 3}), ("ranking", {"max": 3})):
        poll = make_poll(kind=kind, **more)
        assert list(options_of(edit(poll, options=as_given(poll)[::-1]))) == ["c", "b", "a"]


def test_option_with_votes_cannot_go_and_one_without_can(edit):
    poll = make_poll()
    record(vote_for(poll, make_attendee(poll.session), "b"))
    without = {text: [given for given in as_given(poll) if given["text"] != text] for text in "bc"}
    assert edit(poll, options=without["b"]) == ("option_has_votes", {"options"})
    assert list(options_of(poll)) == ["a", "b", "c"]
    assert edit(poll, options=without["c"]).pk == poll.pk
    assert list(options_of(poll)) == ["a", "b"]


def test_edit_that_is_refused_writes_nothing(edit):
    poll, other = make_poll(), make_poll(options=("x", "y"))
    before = (Poll.objects.values().get(pk=poll.pk), list(poll.options.values()))
    assert edit(poll, question="New?", anonymous=False)[0] == "rules_are_frozen"
    stranger = [*as_given(poll), {"id": str(options_of(other)["x"]), "text": "x"}]
    assert edit(poll, question="New?", options=stranger) == ("malformed", {"options"})
    twice = [*as_given(poll)[:2], {**as_given(poll)[0], "text": "again"}]
    assert edit(poll, question="New?", options=twice) == ("malformed", {"options"})
    assert (Poll.objects.values().get(pk=poll.pk), list(poll.options.values())) == before


def test_edit_that_changes_nothing_is_not_news(edit):
    poll = make_poll()
    assert edit(poll, question="Which?", options=as_given(poll)).version == poll.version
    assert edit(poll, question="Which one?").version == poll.version + 1


def test_visibility_only_widens_once_launched(edit):
    poll, draft = make_poll(visibility="after_voting"), make_poll(state="draft", visibility="after_voting")
    assert edit(draft, visibility="moderators").visibility == "moderators"
    for narrower in ("after_close", "after_publishing", "moderators"):
        assert edit(poll, visibility=narrower) == ("visibility_only_widens", {"visibility"})
    assert edit(poll, visibility="always").visibility == "always"
    assert edit(poll, visibility="after_voting") == ("visibility_only_widens", {"visibility"})


# --- another round


@pytest.mark.django_db
def test_running_again_makes_a_draft_and_leaves_the_first_untouched():
    poll = make_poll(kind="multiple", min=1, max=2, anonymous=False, visibility="always")
    record(vote_for(poll, make_attendee(poll.session), "a", "b"))
    before = (Poll.objects.values().get(pk=poll.pk), Ballot.objects.count())
    again = run_again(poll_id=poll.pk, caller=organiser_of(poll.session.event), now=NOW)
    assert (again.state, again.round, again.rerun_of_id, again.ballots) == ("draft", 2, poll.pk, 0)
    for field in ("question", "kind", "min", "max", "anonymous", "may_change", "visibility", "session_id"):
        assert getattr(again, field) == getattr(poll, field)
    assert list(again.options.values_list("text", "position", "count")) == [
        ("a", 1, 0),
        ("b", 2, 0),
        ("c", 3, 0),
    ]
    assert (Poll.objects.values().get(pk=poll.pk), Ballot.objects.count()) == before


@pytest.mark.django_db
def test_rounds_count_on_from_the_first_whichever_is_run_again():
    first = make_poll()
    caller = organiser_of(first.session.event)
    second = run_again(poll_id=first.pk, caller=caller, now=NOW)
    third = run_again(poll_id=second.pk, caller=caller, now=NOW)
    fourth = run_again(poll_id=first.pk, caller=caller, now=NOW)
    assert [(poll.round, poll.rerun_of_id) for poll in (second, third, fourth)] == [
        (n, first.pk) for n in (2, 3, 4)
    ]


@pytest.mark.django_db
def test_rounds_of_a_poll_share_its_number():
    first = make_poll()
    make_poll(first.session)
    again = run_again(poll_id=first.pk, caller=organiser_of(first.session.event), now=NOW)
    assert (first.number, again.number) == (1, 1)


@pytest.mark.django_db
def test_votes_of_one_round_do_not_count_in_the_next():
    first = make_poll()
    attendee = make_attendee(first.session)
    record(vote_for(first, attendee, "a", seq=9))
    again = make_live_round(first)
    assert record(vote_for(again, attendee, "b", seq=1)) == ["b"]
    assert (as_tally(first), as_tally(again)) == ({"a": 1, "": 1}, {"b": 1, "": 1})


def make_live_round(poll):
    caller = organiser_of(poll.session.event)
    again = run_again(poll_id=poll.pk, caller=caller, now=NOW)
    return set_poll_state(poll_id=again.pk, caller=caller, state="live", now=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize("act", [run_again, lambda **who: edit_poll(**who, given={"question": "New?"})])
def test_rounds_and_edits_are_for_those_who_moderate_the_session(act):
    poll = make_poll()
    neighbour = make_session(poll.session.event)
    for caller, error in (
        (NOBODY, NotSignedIn),
        (Caller(attendee=make_attendee(poll.session)), NotSignedIn),
        (Caller(user_id=make_moderator(neighbour).pk), NotModerator),
    ):
        with pytest.raises(error):
            act(poll_id=poll.pk, caller=caller, now=NOW)
    assert Poll.objects.count() == 1
    assert Option.objects.count() == 3
    assert act(poll_id=poll.pk, caller=Caller(user_id=make_moderator(poll.session).pk), now=NOW)
