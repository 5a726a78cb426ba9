"""What moderators do with words, who may read them, and what the database refuses."""

import json
import re
from html import unescape

import pytest
from django.db import DatabaseError, connection, transaction

from opendev.recap.draft import draft
from opendev.recap.reading import reading_of
from opendev.room.pad_results import PollResults
from polls.models import BlockedWord, Option, random_option_key
from polls.news import news_of
from polls.permissions import may_see_poll, may_see_tally
from polls.selectors import fresh_options
from polls.services import recount_polls, set_poll_state
from polls.services.moderating import set_answer_states
from sessions.programme.selectors import name_of_user
from tests.factories import NOW, make_attendee, make_moderator, make_poll, record, write_in
from tests.factories.sessions import organiser_of
from tests.room.pages import at, code_of, followed, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def poll(session):
    return make_poll(session, question="What blocks you?", kind="words", max=2)


@pytest.fixture
def answered(poll):
    """Six people: etcd three times, upgrades twice, rude and calm once."""
    for words in (["etcd"], ["Etcd", "upgrades"], ["etcd"], ["upgrades"], ["rude"], ["calm"]):
        record(write_in(poll, make_attendee(poll.session), *words))
    poll.refresh_from_db()
    return poll


@pytest.fixture
def desk(session, browser_of):
    return browser_of(user=make_moderator(session))


def to_state(poll, *states):
    for state in states:
        caller = organiser_of(poll.session.event)
        set_poll_state(poll_id=poll.pk, caller=caller, state=state, now=NOW)
    poll.refresh_from_db()


def answer(poll, text):
    return Option.objects.get(poll=poll, shown_as=text, merged_into=None).pk


def hide(poll, text):
    set_answer_states(
        poll_id=poll.pk,
        caller=organiser_of(poll.session.event),
        option_ids=[answer(poll, text)],
        state="hidden",
    )
    poll.refresh_from_db()


def rest(browser, method, path, body=None):
    said = browser.generic(method, f"/api/v1/{path}", json.dumps(body), content_type="application/json")
    return said.status_code, json.loads(said.content)


def table(answered, browser_of, form="json"):
    organiser = browser_of(user=answered.session.event.organisers.first())
    address = f"/{answered.session.event.slug}/sessions/{answered.session.slug}/export.{form}"
    return b"".join(organiser.get(address).streaming_content)


# --- what a moderator hides


def test_what_is_hidden_is_gone_from_every_page_file_and_frame(answered, browser_of, desk, ada):
    to_state(answered, "closed", "published")
    paragraphs = draft(answered.session.event)
    hide(answered, "etcd")
    states = news_of(answered, fresh_options(answered)).states
    assert "etcd" not in json.dumps(states)
    room, screen = at(answered.session), at(answered.session, "screen")
    told = [browser_of().get(room), browser_of(ada).get(room), desk.get(screen), desk.get(room)]
    told.append(desk.get(at(answered.session, "control")))
    assert not any("etcd" in text_of(page) for page in told)
    for form in ("csv", "json", "md"):
        assert b"etcd" not in table(answered, browser_of, form).lower()
    assert "etcd" not in json.dumps(rest(desk, "GET", f"polls/{answered.pk}/")[1])
    [passage] = PollResults().read(answered.session_id)
    assert "etcd" not in "\n".join(passage.lines)
    [block] = [one for one in reading_of(paragraphs, "en-gb").blocks if one.kind == "poll"]
    assert "etcd" not in block.text
    assert block.facts["rows"][0]["text"] == "upgrades"


def test_moderators_approve_hide_merge_and_split_by_page(session, desk):
    poll = make_poll(session, kind="words", max=2, rules={"approve": True})
    for word in ("k8s", "Kubernetes", "Kubernetes", "rude"):
        record(write_in(poll, make_attendee(session), word))
    address = at(session, "control-poll-written", poll)
    assert "3 answers wait for approval" in text_of(desk.get(at(session, "control")))
    assert "rude" in text_of(desk.get(address))

    def act(**fields):
        sent = desk.post(address, fields)
        assert sent.status_code == 302, text_of(sent)
        return {one.text: one.count for one in fresh_options(poll)}

    both = [answer(poll, "k8s"), answer(poll, "Kubernetes")]
    assert act(act=f"approve:{answer(poll, 'k8s')}") == {"k8s": 1}
    assert act(act="approve-all") == {"Kubernetes": 2, "k8s": 1, "rude": 1}
    assert act(act="hide", answer=[answer(poll, "rude")]) == {"Kubernetes": 2, "k8s": 1}
    assert act(act="merge", answer=both) == {"Kubernetes": 3}
    assert "Merged by hand: k8s" in text_of(desk.get(address))
    assert act(act=f"split:{both[1]}") == {"Kubernetes": 2, "k8s": 1}
    refused = desk.post(address, {"act": "burn"})
    assert (refused.status_code, code_of(refused)) == (400, "malformed")
    blocked = at(session, "control-blocked-words", poll)
    assert desk.post(blocked, {"blocked": "K8S\n\n"}).status_code == 302
    assert {one.text for one in fresh_options(poll)} == {"Kubernetes"}
    assert "K8S" in text_of(desk.get(address))
    assert recount_polls()[1] == []


WRITTEN = ("control-poll-written", "control-blocked-words")


def seen_on(page):
    """What a browser sends along with the boxes."""
    return {"seen": unescape(re.search(r'name="seen" value="([^"]*)"', text_of(page))[1])}


def ticked_on(text):
    return re.findall(r'name="answer" value="(\d+)" data-keeps-tick checked', text)


def test_ticks_and_the_typed_list_wait_for_their_buttons(answered, desk):
    address, blocked = (at(answered.session, name, answered) for name in WRITTEN)
    calm, rude, etcd = (str(answer(answered, text)) for text in ("calm", "rude", "etcd"))
    page = seen_on(desk.get(address))
    typed = page | {"answer": [calm, rude], "blocked": "damn\nheck"}
    for act in (f"hide:{etcd}", f"approve:{etcd}", f"pick:{etcd}", "approve-all", "keep"):
        text = text_of(followed(desk, desk.post(address, typed | {"act": act})))
        assert sorted(ticked_on(text)) == sorted([calm, rude]), act
        assert ">damn\nheck</textarea>" in text
        assert ticked_on(text_of(desk.get(address))) == []  # shown once
    refused = desk.post(address, typed | {"act": "burn"})
    assert sorted(ticked_on(text_of(refused))) == sorted([calm, rude])
    assert ">damn\nheck</textarea>" in text_of(refused)
    saved = text_of(followed(desk, desk.post(blocked, typed)))
    assert sorted(ticked_on(saved)) == sorted([calm, rude])
    assert [word.text for word in BlockedWord.objects.order_by("text")] == ["damn", "heck"]
    done = text_of(followed(desk, desk.post(address, page | {"answer": [calm, rude], "act": "hide"})))
    assert ticked_on(done) == [], "they were hidden: the tick is used up"
    assert {one.text for one in fresh_options(answered)} == {"etcd", "upgrades"}


def test_merging_after_the_close_is_said_on_the_card(answered, desk, browser_of):
    room, address = at(answered.session), at(answered.session, "control-poll-written", answered)
    to_state(answered, "closed")
    assert not said_on(browser_of().get(room))
    calm, upgrades = answer(answered, "calm"), answer(answered, "upgrades")
    assert desk.post(address, {"act": "merge", "answer": [calm, upgrades]}).status_code == 302
    [sentence] = said_on(browser_of().get(room))
    name = name_of_user(desk.session["_auth_user_id"], answered.session.event_id)
    assert re.fullmatch(rf"Answers merged by {name} at \d\d:\d\d UTC, after voting closed\.", sentence)
    desk.post(address, {"act": f"split:{upgrades}"})
    [sentences] = said_on(browser_of().get(room))
    assert sentences.startswith(f"{sentence} Merged answers split again by {name} at ")


def said_on(page):
    """What the cards say of changes after votes came."""
    return re.findall(r"data-changes>([^<]+)<", text_of(page))


def test_two_moderators_who_change_the_list_of_words_are_told(answered, desk):
    address, blocked = (at(answered.session, name, answered) for name in WRITTEN)
    mine, theirs = seen_on(desk.get(address)), seen_on(desk.get(address))
    desk.post(blocked, theirs | {"blocked": "theirs"})
    assert desk.post(blocked, theirs | {"blocked": "theirs"}).status_code == 302  # twice is once
    refused = desk.post(blocked, mine | {"blocked": "mine"})
    assert (refused.status_code, code_of(refused)) == (409, "edited_meanwhile")
    assert ">mine</textarea>" in text_of(refused)
    assert desk.post(blocked, seen_on(refused) | {"blocked": "mine"}).status_code == 302
    assert [word.text for word in BlockedWord.objects.all()] == ["mine"]
    emptied = seen_on(desk.get(address)) | {"blocked": ""}
    assert desk.post(blocked, emptied).status_code == 302
    assert not BlockedWord.objects.exists()


def test_nobody_but_moderators_reads_or_moderates_what_people_wrote(answered, browser_of, ada, desk):
    address = at(answered.session, "control-poll-written", answered)
    blocked = at(answered.session, "control-blocked-words", answered)
    for browser in (browser_of(), browser_of(ada)):
        for sent in (
            browser.get(address),
            browser.post(address, {"act": "approve-all"}),
            browser.post(blocked, {}),
        ):
            assert sent.status_code in {302, 401, 403}
            assert "etcd" not in text_of(sent)
    plain = make_poll(answered.session)
    assert code_of(
        desk.post(at(answered.session, "control-poll-written", plain), {"act": "approve-all"})
    ) == ("answers_are_not_written")


# --- the database


def refused(sql, values):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


INSERT = (
    "INSERT INTO polls_option (id, poll_id, position, text, key, author_kind, state, count, merged_into_id)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, 0, %s)"
)


def test_options_that_break_a_rule_of_written_polls_are_refused_by_the_database(answered):
    plain = make_poll(answered.session)
    other = make_poll(answered.session, kind="words")
    record(write_in(other, make_attendee(answered.session), "etcd"))
    etcd, new = answer(answered, "etcd"), random_option_key()
    spelling = Option.objects.get(poll=answered, text="Etcd").pk
    for row in (
        [plain.pk, None, "x", "x", "voter", "shown", None],  # a voter's option where a moderator writes them
        [answered.pk, 1, "x", "", "moderator", "shown", None],  # and the other way round
        [answered.pk, 1, "x", "x", "voter", "shown", None],  # with a position
        [answered.pk, None, "x", "", "voter", "shown", None],  # without a key
        [answered.pk, None, "x", "x", "voter", "seen", None],  # in a state that is none
        [answered.pk, None, "etcd", "y", "voter", "shown", None],  # a spelling twice
        [answered.pk, None, "ETCD", "etcd", "voter", "shown", None],  # a key that counts twice
        [answered.pk, None, "x", "x", "voter", "shown", spelling],  # merged into what is merged
        [answered.pk, None, "x", "x", "voter", "shown", answer(other, "etcd")],  # into another poll's
    ):
        refused(INSERT, [new, *row])
    refused("UPDATE polls_option SET merged_into_id = %s WHERE id = %s", [answer(answered, "calm"), etcd])
    refused("UPDATE polls_option SET merged_into_id = id WHERE id = %s", [answer(answered, "calm")])
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [new, answered.pk, None, "ETCD", "etcd", "voter", "shown", etcd])


STATES = {
    "live": [],
    "closed": ["closed"],
    "published": ["closed", "published"],
    "archived": ["closed", "archived"],
}


@pytest.mark.parametrize(
    "visibility", ["always", "after_voting", "after_close", "after_publishing", "moderators"]
)
@pytest.mark.parametrize("state", STATES)
def test_no_word_is_in_any_channel_while_the_tally_is_hidden(
    session, browser_of, desk, ada, state, visibility
):
    poll = make_poll(session, question="Q", kind="words", visibility=visibility)
    record(write_in(poll, make_attendee(session), "secretword"))
    to_state(poll, *STATES[state])
    everybody = may_see_poll(poll, is_moderator=False) and may_see_tally(
        poll, is_moderator=False, has_voted=False
    )
    room, stranger, joined = at(session), browser_of(), browser_of(ada)
    channels = {
        "room": text_of(stranger.get(room)),
        "room, joined": text_of(joined.get(room)),
        "room, results wanted": text_of(joined.get(f"{room}?view=results")),
        "screen": text_of(desk.get(at(session, "screen"))),
        "room for the moderator": text_of(desk.get(room)),
        "REST": json.dumps(rest(stranger, "GET", f"sessions/{session.pk}/polls/")),
        "news": json.dumps(news_of(poll, fresh_options(poll)).states["everybody"]),
        "file": table(poll, browser_of).decode(),
    }
    is_form = state == "live"  # the room shows the form until the result is asked for
    rooms = {"room", "room, joined", "room for the moderator"}
    shown = {name for name, said in channels.items() if "secretword" in said}
    assert shown == (channels.keys() - (rooms if is_form else set()) if everybody else set())
    if visibility == "always" or state in {"closed", "published"}:
        return
    assert "secretword" in json.dumps(rest(desk, "GET", f"polls/{poll.pk}/"))
    written = stranger.get(f"/api/v1/polls/{poll.pk}/written/")
    assert written.status_code in {401, 404}
