"""Drafting: what depends on what, what is hidden, what an edit survives."""

import pytest

from etherpad_links.easysync import Document
from etherpad_links.models import EtherpadLink, PadCopy
from opendev.recap.document import paragraphs_of, to_publish, worked_on
from opendev.recap.draft import draft
from opendev.recap.reading import reading_of
from opendev.recap.services import draft_recap, publish_recap
from polls.models import Ballot, Option, Poll, Selection
from polls.services import recount_polls
from sessions.programme.models import Event
from sessions.recap.models import RecapDraft, RecapVersion
from sessions.recap.selectors import published_recap, recap_edits_of
from sessions.recap.services.writing import NoRecapDraft, edit_recap, withdraw_recap, write_summary
from sessions.suggestions.models import Suggestion
from tests.factories import (
    NOW,
    make_attendee,
    make_event,
    make_line,
    make_poll,
    make_session,
    make_suggestion,
    put_name,
    support,
)
from tests.factories.polls import record, vote_for
from tests.factories.sessions import organiser_of

pytestmark = pytest.mark.django_db
QUERIES = 20


def texts_of(event):
    """Every sentence and number of the draft, by paragraph."""
    return {
        paragraph.key: (
            *(sentence.text for sentence in paragraph.sentences),
            str(paragraph.facts.get("rows", "")),
        )
        for paragraph in draft(event)
    }


def redraft(event):
    draft_recap(event_id=event.pk, caller=organiser_of(event), now=NOW)
    return worked(event)


def worked(event):
    kept = RecapDraft.objects.get(event=event)
    return {
        one.drafted.key: one for one in worked_on(paragraphs_of(kept.paragraphs), recap_edits_of(event.pk))
    }


def edit(event, key, **given):
    return edit_recap(event_id=event.pk, caller=organiser_of(event), key=key, given=given, now=NOW)


def publish(event):
    return publish_recap(event_id=event.pk, caller=organiser_of(event), now=NOW)


# --- one ballot more


def test_one_ballot_changes_the_sentences_that_depend_on_it_and_no_others(demo):
    poll = Poll.objects.get(question__startswith="Where are you", state=Poll.State.PUBLISHED)
    before = texts_of(demo)
    ballot = Ballot.objects.create(poll=poll, single=True, key=b"k" * 32)
    option = Option.objects.get(poll=poll, text="OpenStack only so far")
    Selection.objects.create(ballot=ballot, option=option, poll=poll, single=True)
    recount_polls(fix=True)
    after = texts_of(demo)
    changed = {key for key in before if before[key] != after[key]}
    assert changed == {f"poll/{poll.pk}", "event/figures/votes"}
    assert after[f"poll/{poll.pk}"][:2] == (
        "The majority of the 177 who voted, 97 (55%), chose “Both together, in production”.",
        "Next came “Testing them together” (31) and “OpenStack only so far” (20).",
    )
    assert after["event/figures/votes"][0] == "341 votes in two polls"
    assert before.keys() == after.keys()


# --- what an editor did


def test_edited_paragraph_survives_and_shows_what_differs():
    session = make_session()
    event = session.event
    write_summary(
        session_id=session.pk, caller=organiser_of(event), given={"discussion": "We talked."}, now=NOW
    )
    redraft(event)
    key = f"session/{session.pk}/discussion"
    edit(event, key, text="We talked at length.")
    assert not redraft(event)[key].differs
    write_summary(
        session_id=session.pk, caller=organiser_of(event), given={"discussion": "We sang."}, now=NOW
    )
    now_there = redraft(event)[key]
    assert (now_there.text, now_there.drafted.text, now_there.edit.base) == (
        "We talked at length.",
        "We sang.",
        "We talked.",
    )
    assert now_there.differs
    edit(event, key, text=None)
    assert worked(event)[key].text == "We sang."
    edit(event, key, text="We sang, and danced.")
    assert not worked(event)[key].differs


def test_edit_of_what_is_gone_is_kept_and_not_published():
    poll = make_poll(state="published")
    event = poll.session.event
    redraft(event)
    edit(event, f"poll/{poll.pk}", text="Nobody dared.")
    Poll.objects.filter(pk=poll.pk).update(state=Poll.State.ARCHIVED)
    gone = redraft(event)[f"poll/{poll.pk}"]
    assert (gone.is_gone, gone.text) == (True, "Nobody dared.")
    assert "dared" not in str(publish(event).paragraphs)


def test_session_that_is_left_out_takes_its_paragraphs_along():
    session, other = (make_session(title=title) for title in ("Quiet", "Loud"))
    event = session.event
    other.day = event.days.get()
    other.save()
    poll = make_poll(session, state="published")
    line = make_line(session)
    redraft(event)
    edit(event, f"session/{session.pk}", left_out=True)
    keys = {paragraph.key for paragraph in to_publish(worked(event).values())}
    assert not keys & {f"session/{session.pk}", f"poll/{poll.pk}", f"line/{line.pk}"}
    assert f"session/{other.pk}" in keys


def test_headings_of_the_notes_are_what_was_discussed():
    session = make_session()
    line = make_line(session, "Networking API")
    heading = (("heading", "h2"), ("lmkr", "1"), ("insertorder", "first"))
    text = f"*{session.title}\n*Cluster upgrades\nWe do them at night.\n# 2. Storage:\n*Networking API\n"
    marks = [heading if sign == "*" else () for sign in text]
    runs, pool = Document(text, tuple(marks)).to_wire()
    pad = EtherpadLink.objects.create(session=session, url="https://pads.example/p/notes")
    PadCopy.objects.create(link=pad, revision=1, text=text, runs=runs, pool=pool, seen_at=NOW)
    write_summary(
        session_id=session.pk, caller=organiser_of(session.event), given={"discussion": "Much."}, now=NOW
    )
    found = {paragraph.key: paragraph for paragraph in draft(session.event)}
    said = found[f"session/{session.pk}/headings"]
    assert said.text == "The notes have sections on: Cluster upgrades; Storage."
    assert said.sentences[0].source.address == pad.url
    keys = list(found)
    assert keys[keys.index(said.key) - 1] == f"session/{session.pk}/discussion"
    assert line.title not in said.text
    assert "Cluster upgrades" in str(publish_drafted(session.event))


def publish_drafted(event):
    redraft(event)
    return [block.text for block in reading_of(paragraphs_of(publish(event).paragraphs), "en-gb").blocks]


def test_recap_tells_of_no_pause_and_of_nothing_that_was_cancelled():
    held = make_session(title="Held")
    for title, said in (("Lunch", {"kind": "break"}), ("Called off", {"cancelled_at": NOW})):
        make_poll(make_session(held.event, title=title, **said), state="published")
    assert [p.text for p in draft(held.event) if p.kind in {"session", "poll"}] == ["Held"]


def test_same_words_again_leave_no_trace_in_the_history():
    session = make_session()
    redraft(session.event)
    first = edit(session.event, "event/title", text="Well!")
    assert edit(session.event, "event/title", text="Well!").pk == first.pk
    edit(session.event, "event/title", text=session.event.name)
    assert [kept.text for kept in recap_edits_of(session.event_id)] == ["Well!", None]


# --- what is published


def test_published_versions_are_kept_and_the_newest_is_read_unless_withdrawn():
    event = make_session().event
    with pytest.raises(NoRecapDraft):
        publish(event)
    redraft(event)
    first = publish(event)
    assert publish(event) == first  # nothing changed
    edit(event, "event/title", text="Better")
    second = publish(event)
    assert (first.number, second.number) == (1, 2)
    assert published_recap(event.pk) == second
    withdraw_recap(event_id=event.pk, caller=organiser_of(event), now=NOW)
    assert published_recap(event.pk) is None
    assert publish(event).number == 3
    assert RecapVersion.objects.filter(event=event).count() == 3


@pytest.mark.parametrize("visibility", ["moderators", "after_publishing"])
def test_hidden_result_is_in_no_draft(visibility):
    poll = make_poll(state="live", visibility=visibility, options=("secret one", "secret two"))
    voters = [make_attendee(poll.session) for _ in range(6)]
    record(*(vote_for(poll, voter, "secret one") for voter in voters))
    Poll.objects.filter(pk=poll.pk).update(state=Poll.State.CLOSED, closed_at=NOW)
    assert "secret" not in str(draft(poll.session.event))
    shown = make_poll(poll.session, state="closed", visibility="after_close", options=("open one", "two"))
    assert "open one" in str(draft(shown.session.event))


def test_result_that_is_hidden_later_leaves_the_published_recap_with_all_numbers_made_of_it():
    poll = make_poll(state="live", options=("one", "two"), visibility="after_close")
    record(*(vote_for(poll, make_attendee(poll.session), "one") for _ in range(6)))
    Poll.objects.filter(pk=poll.pk).update(state=Poll.State.CLOSED, closed_at=NOW)
    event = poll.session.event
    redraft(event)
    paragraphs = paragraphs_of(publish(event).paragraphs)
    assert "All 6" in str(reading_of(paragraphs, "en-gb"))
    Poll.objects.filter(pk=poll.pk).update(state=Poll.State.ARCHIVED)
    text = str(reading_of(paragraphs, "en-gb"))
    assert "All 6" not in text
    assert "6 votes" not in text


def test_name_is_shown_with_consent_alone_and_gone_when_it_is_taken_back():
    line = make_line(make_session(), announced_line=98)
    event = line.session.event
    ada = make_attendee(line.session, name="Ada")
    put_name(line, ada)
    put_name(line, make_attendee(line.session, name="Hidden Hanna"), shown=False)
    redraft(event)
    paragraphs = paragraphs_of(publish(event).paragraphs)
    assert [name.name for name in reading_of(paragraphs, "en-gb").of("line")[0].names] == ["Ada"]
    line.sign_ups.filter(attendee=ada.attendee_id).update(withdrawn_at=NOW)
    assert reading_of(paragraphs, "en-gb").of("line")[0].names == []


def test_supported_suggestion_that_was_not_opened_is_told_until_it_is_dismissed():
    session = make_session()
    people = [make_attendee(session) for _ in range(3)]
    titles = {"Rancher": 3, "Magnum": 1, "Unsupported": 0, "Dismissed": 2, "Opened": 2}
    suggestions = {title: make_suggestion(session, title) for title in titles}
    for title, count in titles.items():
        for attendee in people[:count]:
            support(suggestions[title], attendee)
    Suggestion.objects.filter(title="Dismissed").update(state="dismissed")
    Suggestion.objects.filter(title="Opened").update(state="opened")
    redraft(session.event)
    paragraphs = paragraphs_of(publish(session.event).paragraphs)
    text = str(reading_of(paragraphs, "en-gb"))
    assert "Two more follow-ups were suggested and supported: “Rancher” and “Magnum”." in text
    assert not {title for title in ("Unsupported", "Dismissed", "Opened") if title in text}
    Suggestion.objects.filter(title="Magnum").update(state="dismissed")
    assert "Magnum" not in str(reading_of(paragraphs, "en-gb"))


def test_every_sentence_and_number_names_its_source(demo):
    lacking = [
        paragraph.key
        for paragraph in draft(demo)
        for sentence in paragraph.sentences
        if not sentence.source.label or not sentence.text
    ]
    assert lacking == []
    assert all(paragraph.sentences for paragraph in draft(demo) if paragraph.kind != "links")


def test_what_several_sessions_have_names_the_session_in_its_source(demo):
    sources = {
        (paragraph.facts["session"], sentence.source.label)
        for paragraph in draft(demo)
        if paragraph.kind in {"prose", "question", "resource"} and "session" in paragraph.facts
        for sentence in paragraph.sentences
    }
    labels = [label for _session, label in sources]
    assert len(labels) > 5
    assert len(set(labels)) == len(labels)


def test_draft_asks_no_more_for_many_sessions_than_for_one(django_assert_num_queries):
    event = make_event()

    def fill(number):
        for _ in range(number):
            session = make_session(event)
            make_poll(session, state="published")
            put_name(make_line(session), make_attendee(session, name="Ada"))
            write_summary(
                session_id=session.pk, caller=organiser_of(event), given={"opening": "So."}, now=NOW
            )

    fill(1)
    with django_assert_num_queries(QUERIES):
        few = draft(Event.objects.get(pk=event.pk))
    fill(2)
    with django_assert_num_queries(QUERIES):
        many = draft(Event.objects.get(pk=event.pk))
    assert len(many) > len(few)
