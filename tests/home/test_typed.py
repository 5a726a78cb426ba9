"""Pages of organisers with many boxes: no button loses what was typed beside it, and two editors hear of each other."""

from datetime import timedelta

import pytest

from etherpad_links.selectors import pad_rules_of
from tests.factories import (
    make_attendee,
    make_event,
    make_line,
    make_organiser,
    make_question,
    make_session,
    put_name,
)
from tests.room.pages import code_of, form_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return make_session(make_event(), state="upcoming", description="Old words")


@pytest.fixture
def organiser(session, browser_of):
    return browser_of(user=make_organiser(session.event))


def page_of(session):
    return session.address("organise-session")


def role_of(session, organiser, name):
    """Somebody on stage."""
    organiser.post(f"{page_of(session)}act/", {"act": "add_person", "role": "host", "name": name})
    return session.roles.get(person__name=name)


# --- a session


@pytest.mark.parametrize("act", ["add_person", "remove_person", "add_resource", "cancel", "split", "save"])
def test_every_button_of_the_session_editor_saves_a_typed_description(session, organiser, act):
    role = role_of(session, organiser, "Grace Hopper")
    typed = form_of(organiser.get(page_of(session))) | {
        "description": "New words",
        "topic": "A topic\r\nin two",
    }
    typed |= {"split_minutes": "20"} if act == "split" else {}
    typed |= {"name": "Ada Lovelace"} if act == "add_person" else {}
    typed |= {"resource_title": "Slides", "url": "https://x.example/"} if act == "add_resource" else {}
    button = {"save": {}, "remove_person": {"act": f"remove_person:{role.pk}"}}.get(act, {"act": act})
    answer = organiser.post(page_of(session) + ("" if act == "save" else "act/"), {**typed, **button})
    assert answer.status_code == 302, code_of(answer)
    session.refresh_from_db()
    assert (session.description, session.topic) == ("New words", "A topic\nin two")


def test_person_and_resource_typed_beside_the_save_are_saved_once(session, organiser):
    typed = form_of(organiser.get(page_of(session)))
    typed |= {
        "name": "Ada Lovelace",
        "resource_title": "Slides",
        "url": "https://x.example/",
        "title": "Renamed",
    }
    organiser.post(page_of(session), typed)
    session.refresh_from_db()
    assert session.title == "Renamed"
    assert [role.person.name for role in session.roles.all()] == ["Ada Lovelace"]
    assert session.resources.count() == 1


def test_refused_act_saves_nothing_and_shows_all_that_was_typed(session, organiser):
    typed = form_of(organiser.get(page_of(session))) | {
        "description": "New words",
        "company": "Without a name",
    }
    refused = organiser.post(f"{page_of(session)}act/", {**typed, "act": "add_person"})
    assert (refused.status_code, code_of(refused)) == (400, "malformed")
    again = form_of(refused)
    assert (again["description"], again["company"]) == ("New words", "Without a name")
    session.refresh_from_db()
    assert session.description == "Old words"


def test_minutes_of_a_split_wait_for_their_button(session, organiser):
    typed = form_of(organiser.get(page_of(session))) | {"split_minutes": "25"}
    organiser.post(page_of(session), typed)
    assert form_of(organiser.get(page_of(session)))["split_minutes"] == "25"
    assert form_of(organiser.get(page_of(session)))["split_minutes"] == ""
    assert session.event.sessions.count() == 1


def test_two_editors_of_a_session_are_told_and_lose_nothing(session, organiser):
    mine = form_of(organiser.get(page_of(session)))
    theirs = form_of(organiser.get(page_of(session)))
    organiser.post(page_of(session), theirs | {"description": "Theirs", "place": "Hall"})
    refused = organiser.post(page_of(session), mine | {"description": "Mine", "track": "A track"})
    assert (refused.status_code, code_of(refused)) == (409, "edited_meanwhile")
    assert "Theirs" in text_of(refused)
    again = form_of(refused)
    assert (again["description"], again["track"], again["place"]) == ("Mine", "A track", "Hall")
    session.refresh_from_db()
    assert (session.description, session.track) == ("Theirs", "")
    assert organiser.post(page_of(session), again).status_code == 302
    session.refresh_from_db()
    assert (session.description, session.track, session.place) == ("Mine", "A track", "Hall")


def test_editors_of_different_boxes_do_not_undo_each_other(session, organiser):
    mine = form_of(organiser.get(page_of(session)))
    theirs = form_of(organiser.get(page_of(session)))
    organiser.post(page_of(session), theirs | {"place": "Hall", "runs_by_clock": "yes"})
    organiser.post(page_of(session), mine | {"description": "Mine"})
    session.refresh_from_db()
    assert (session.place, session.description, session.runs_by_clock) == ("Hall", "Mine", True)


# --- an event and its overview


def test_two_editors_of_an_event_are_told(session, organiser):
    address = f"/{session.event.slug}/organise/event/"
    mine, theirs = form_of(organiser.get(address)), form_of(organiser.get(address))
    organiser.post(address, theirs | {"summary": "Theirs"})
    refused = organiser.post(address, mine | {"summary": "Mine", "series": "A series"})
    assert (refused.status_code, code_of(refused)) == (409, "edited_meanwhile")
    assert (form_of(refused)["summary"], form_of(refused)["series"]) == ("Mine", "A series")
    assert organiser.post(address, form_of(refused)).status_code == 302
    session.event.refresh_from_db()
    assert (session.event.summary, session.event.series) == ("Mine", "A series")


def test_committee_is_saved_and_dates_wait_with_every_button_of_the_overview(session, organiser):
    event = session.event
    overview, day = f"/{event.slug}/organise/", event.days.get()
    wanted = (day.date + timedelta(days=7)).isoformat()
    further = (day.date + timedelta(days=1)).isoformat()
    for button, address in (
        ({"act": "step:up"}, f"{page_of(session)}act/"),
        ({"date": further}, f"{overview}days/"),
        ({"order": str(session.pk)}, f"{overview}days/{day.pk}/order/"),
    ):
        typed = form_of(organiser.get(overview)) | {"committee": f"Ada Lovelace\r\nGrace, {address}"[:60]}
        answer = organiser.post(address, typed | {f"date-{day.pk}": wanted} | button)
        assert answer.status_code == 302, code_of(answer)
        assert "Ada Lovelace" in {person.name for person in event.committee}
        shown = form_of(organiser.get(overview))
        assert shown[f"date-{day.pk}"] == wanted
        assert form_of(organiser.get(overview))[f"date-{day.pk}"] == day.date.isoformat()
    assert event.days.count() == 2


def test_day_is_moved_by_its_own_box_and_a_bad_date_is_named_there(session, organiser):
    overview, day = f"/{session.event.slug}/organise/", session.event.days.get()
    typed = form_of(organiser.get(overview)) | {"committee": "Ada"}
    refused = organiser.post(f"{overview}days/{day.pk}/", typed | {f"date-{day.pk}": "soon"})
    assert (refused.status_code, code_of(refused)) == (400, "malformed")
    assert f'id="date-{day.pk}-error"' in text_of(refused)
    assert form_of(refused)["committee"] == "Ada"
    assert not session.event.committee
    organiser.post(f"{overview}days/{day.pk}/", typed | {f"date-{day.pk}": "2031-05-06"})
    day.refresh_from_db()
    assert day.date.isoformat() == "2031-05-06"


# --- its other pages


def test_rules_of_pads_are_saved_with_every_button(session, organiser, settings):
    settings.ETHERPAD_URL, settings.ETHERPAD_API_KEY = "", ""
    address = f"/{session.event.slug}/pads/"
    typed = form_of(organiser.get(address)) | {"name_pattern": "x-{session}"}
    organiser.post(f"{address}make/", typed)
    assert pad_rules_of(session.event_id).name_pattern == "x-{session}"


def test_editor_of_a_recording_saves_all_boxes_with_each_button(session, organiser):
    address = session.address("recording")
    url = "https://www.youtube.com/watch?v=abcdefghijk"
    typed = form_of(organiser.get(address)) | {
        "url": url,
        "offset": "0:30",
        "title": "Opening",
        "after": "10",
    }
    assert organiser.post(session.address("chapter-add"), typed).status_code == 302
    chapter = session.chapters.get()
    session.refresh_from_db()
    assert (session.recording_url, session.recording.offset_s) == (url, 30)
    typed = form_of(organiser.get(address))
    key = next(name.removeprefix("title-") for name in typed if name.startswith("title-"))
    typed |= {f"title-{key}": "Renamed", "offset": "0:40", "title": "Second", "after": "60"}
    assert (
        organiser.post(session.address("chapter-edit", key=key), typed | {"do": "change"}).status_code == 302
    )
    chapter.refresh_from_db()
    session.recording.refresh_from_db()
    assert (chapter.title, session.recording.offset_s) == ("Renamed", 40)
    assert session.chapters.count() == 2
    refused = organiser.post(
        session.address("chapter-add"), form_of(organiser.get(address)) | {"title": "Third", "after": "x"}
    )
    assert refused.status_code == 400
    assert form_of(refused)["title"] == "Third"


def test_answer_is_saved_with_the_merge_and_two_who_answer_are_told(session, organiser):
    first, second = make_question(session, text="First?"), make_question(session, text="Second?")
    address = session.address("control-question-edit", question=first.pk)
    mine, theirs = form_of(organiser.get(address)), form_of(organiser.get(address))
    merged = organiser.post(
        address, theirs | {"answer": "Typed", "merged_into": str(second.pk), "do": "merge"}
    )
    assert merged.status_code == 302, text_of(merged)
    first.refresh_from_db()
    assert (first.answer, first.merged_into_id) == ("Typed", second.pk)
    refused = organiser.post(address, mine | {"answer": "Mine", "do": "answer"})
    assert (refused.status_code, code_of(refused)) == (409, "edited_meanwhile")
    assert form_of(refused)["answer"] == "Mine"


def test_words_of_a_line_are_saved_with_a_button_beside_a_name(session, organiser):
    line = make_line(session)
    put_name(line, make_attendee(session), name="Ada Lovelace")
    address = session.address("control-line-edit", line=line.pk)
    typed = form_of(organiser.get(address)) | {"summary": "Typed"}
    name = line.sign_ups.get()
    answer = organiser.post(
        session.address("control-line-name", line=line.pk), typed | {"act": f"remove:{name.pk}"}
    )
    assert answer.status_code == 302, text_of(answer)
    line.refresh_from_db()
    name.refresh_from_db()
    assert line.summary == "Typed"
    assert name.removed_at is not None
