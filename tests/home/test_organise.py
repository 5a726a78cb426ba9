"""The organisers' pages: forms that come back with what was typed, files, and what strangers see."""

import json
from io import BytesIO
from pathlib import Path

import pytest

from sessions.programme.models import Event
from sessions.schedules.models import ScheduleUpload
from tests.factories import make_event, make_moderator, make_organiser, make_session
from tests.room.pages import code_of, text_of
from tests.sessions.schedules.published_format import check_json, check_xml

pytestmark = pytest.mark.django_db
PRETALX = (Path(__file__).parent.parent / "sessions" / "schedules" / "files" / "schedule.json").read_bytes()


@pytest.fixture
def event():
    return make_event()


@pytest.fixture
def organiser(event, browser_of):
    return browser_of(user=make_organiser(event))


def at(event, path=""):
    return f"/{event.slug}/organise/{path}"


def upload(browser, event, content=PRETALX):
    file = BytesIO(content)
    file.name = "schedule.json"
    return browser.post(at(event, "schedule/"), {"file": file})


def test_refused_form_comes_back_with_what_was_typed_and_every_mistake(event, organiser):
    day = event.days.get()
    sent = {
        "title": "A title",
        "day": str(day.pk),
        "time": "14:75",
        "minutes": "many",
        "topic": "Typed & kept",
    }
    page = organiser.post(at(event, "sessions/"), sent)
    assert (page.status_code, code_of(page)) == (400, "malformed")
    text = text_of(page)
    assert "This is not a time such as 14:30." in text
    assert "This must be a whole number of minutes, at least 1." in text
    assert 'value="A title"' in text
    assert "Typed &amp; kept" in text
    assert not event.sessions.exists()


def test_session_is_edited_where_its_form_stands(event, organiser):
    session = make_session(event, state="upcoming")
    page = text_of(organiser.get(at(event, f"sessions/{session.slug}/")))
    assert f'value="{session.title}"' in page
    form = {"title": "Other", "day": str(session.day_id), "time": "08:15", "minutes": "20", "place": "Hall"}
    assert organiser.post(at(event, f"sessions/{session.slug}/"), form).status_code == 302
    session.refresh_from_db()
    assert (session.title, session.minutes, session.place) == ("Other", 20, "Hall")


def test_act_that_does_not_exist_is_not_found(event, organiser):
    session = make_session(event, state="upcoming")
    assert organiser.post(at(event, f"sessions/{session.slug}/act/"), {"act": "explode"}).status_code == 404
    assert organiser.get(at(event, f"sessions/{session.slug}/act/")).status_code == 302


def test_pages_are_for_organisers_of_this_event_alone(event, organiser, browser_of):
    session = make_session(event)
    others = {
        401: browser_of(),
        403: browser_of(user=make_organiser(make_event())),
    }
    moderator = browser_of(user=make_moderator(session))
    for path in ("", "event/", "clone/", "schedule/", "sessions/", f"sessions/{session.slug}/"):
        assert organiser.get(at(event, path)).status_code == 200, path
        for status, browser in others.items():
            assert browser.get(at(event, path)).status_code == status, path
        assert code_of(moderator.get(at(event, path))) == "not_organiser", path
    assert "Edit the programme" in text_of(organiser.get(event.get_absolute_url()))
    assert "Edit the programme" not in text_of(moderator.get(event.get_absolute_url()))


def test_session_of_another_event_is_not_found_by_this_events_address(event, organiser):
    elsewhere = make_session(make_event())
    assert organiser.get(at(event, f"sessions/{elsewhere.slug}/")).status_code == 404


# --- files


def test_upload_is_shown_and_written_only_when_it_is_taken(event, organiser):
    page = upload(organiser, event)
    assert "What will change" in text_of(page)
    assert not event.sessions.exists()
    taken = {"upload": str(ScheduleUpload.objects.get(event=event).pk)}
    assert organiser.post(at(event, "schedule/take/"), taken).status_code == 302
    assert event.sessions.count() == 4
    again = organiser.post(at(event, "schedule/take/"), taken)
    assert (again.status_code, "Upload it again" in text_of(again)) == (404, True)


def test_upload_of_another_organiser_cannot_be_taken(event, organiser, browser_of):
    upload(organiser, event)
    other = browser_of(user=make_organiser(event))
    taken = {"upload": str(ScheduleUpload.objects.get(event=event).pk)}
    assert other.post(at(event, "schedule/take/"), taken).status_code == 404
    assert not event.sessions.exists()


def test_broken_file_is_told_with_its_places_and_not_kept(event, organiser):
    content = PRETALX.replace(b'"00:45"', b'"00:75"')
    page = upload(organiser, event, content=content)
    assert (page.status_code, code_of(page)) == (400, "bad_schedule")
    assert text_of(page).count("<dt>line ") == 2
    assert not ScheduleUpload.objects.exists()
    nothing = organiser.post(at(event, "schedule/"))
    assert (nothing.status_code, "Choose a file first." in text_of(nothing)) == (400, True)


def test_large_schedule_is_taken_where_files_are_and_nowhere_else(event, organiser):
    whole = json.loads(PRETALX)
    first = whole["schedule"]["conference"]["days"][0]["rooms"]["Main Hall"][0]
    first["description"] = "long " * 100_000
    content = json.dumps(whole).encode()
    page = upload(organiser, event, content=content)
    assert page.status_code == 200
    assert "description was shortened to 20000 characters" in text_of(page)
    elsewhere = organiser.post(at(event, "event/"), {"summary": "x" * 300_000})
    assert (elsewhere.status_code, code_of(elsewhere)) == (413, "too_large")
    huge = upload(organiser, event, content=b" " * 9_000_000)
    assert (huge.status_code, code_of(huge)) == (413, "too_large")


def test_export_is_for_everybody_in_every_format(event, client):
    make_session(event, title="Clouds & “pods” <b>")
    for name, check in (("json", check_json), ("xml", check_xml)):
        answer = client.get(f"/{event.slug}/schedule.{name}")
        assert answer.status_code == 200
        check(answer.content)
    assert client.get(f"/{event.slug}/schedule.csv").status_code == 404


def test_organiser_says_who_can_see_the_event(event, organiser, browser_of):
    make_session(event)
    page = text_of(organiser.get(at(event)))
    assert '<strong data-visibility="public">Public</strong>' in page
    assert "Only the team sees it: its organisers, moderators and helpers." in page
    assert organiser.post(at(event, "visibility/"), {"visibility": "draft"}).status_code == 302
    page = text_of(organiser.get(at(event)))
    assert '<strong data-visibility="draft">Draft</strong>' in page
    for path in ("", "questions/", "follow-ups/", "recap/edit/", "organise/"):
        assert "Draft: only the team sees this event." in text_of(organiser.get(f"/{event.slug}/{path}")), (
            path
        )
    assert browser_of().get(f"/{event.slug}/").status_code == 404
    assert organiser.post(at(event, "visibility/"), {"visibility": "public"}).status_code == 302
    public = browser_of().get(f"/{event.slug}/")
    assert (public.status_code, "Draft" in text_of(public)) == (200, False)


def test_visibility_that_does_not_exist_changes_nothing(event, organiser):
    page = organiser.post(at(event, "visibility/"), {"visibility": "secret", "committee": ""})
    assert (page.status_code, code_of(page)) == (400, "malformed")
    assert "Choose one of: draft, unlisted, public." in text_of(page)
    event.refresh_from_db()
    assert event.visibility == "public"


def test_event_that_is_made_or_cloned_is_a_draft_and_says_so(event, organiser):
    assert "It starts as a draft that only its team sees." in text_of(organiser.get("/organise/"))
    made = organiser.post("/organise/", {"name": "Quiet Days", "time_zone": "UTC"})
    cloned = organiser.post(
        at(event, "clone/"), {"name": "Next Days", "slug": "", "first_date": "2027-01-01"}
    )
    for response in (made, cloned):
        assert '<strong data-visibility="draft">Draft</strong>' in text_of(
            organiser.get(response["Location"])
        )


def test_room_and_control_room_of_a_draft_say_so_and_its_presenter_screen_does_not(event, organiser):
    session = make_session(event)
    Event.objects.filter(pk=event.pk).update(visibility="draft")
    said = [
        "Draft: only the team sees this event." in text_of(organiser.get(session.address(name)))
        for name in ("room", "control", "control-questions", "screen")
    ]
    assert said == [True, True, True, False]
    ahead = make_session(event, state="upcoming")
    assert "Only the team can join while the event is a draft." in text_of(
        organiser.get(ahead.address("control"))
    )


def test_organiser_without_the_second_factor_that_is_needed_is_told_so(event, organiser, settings):
    Event.objects.filter(pk=event.pk).update(visibility="draft")
    settings.REQUIRE_MFA = True
    page = organiser.get(f"/{event.slug}/")
    assert (page.status_code, code_of(page)) == (403, "second_factor_needed")
    assert event.name not in text_of(page)


def test_event_and_session_are_given_a_language_by_page(event, organiser):
    page = text_of(organiser.get(at(event, "event/")))
    assert '<option value="en-gb" lang="en-gb" selected>' in page
    seen = organiser.get(at(event, "event/")).context["seen"]
    sent = {"name": event.name, "time_zone": "UTC", "seen": seen}
    refused = organiser.post(at(event, "event/"), {**sent, "language": "nl"})
    assert (refused.status_code, code_of(refused)) == (400, "malformed")
    assert organiser.post(at(event, "event/"), {**sent, "language": "ja"}).status_code == 302
    event.refresh_from_db()
    assert event.language == "ja"
    session = make_session(event)
    here = at(event, f"sessions/{session.slug}/")
    page = organiser.get(here)
    assert '<option value="pt-br" label="Português (Brasil)">' in text_of(page)
    boxes = {**page.context["form"], "seen": page.context["seen"], "language": "Polnisch"}
    assert organiser.post(here, boxes).status_code == 302
    session.refresh_from_db()
    assert (session.language, session.spoken_language) == ("pl", "pl")


def test_sites_that_may_embed_are_given_by_page_and_a_wrong_one_keeps_what_was_typed(event, organiser):
    form = organiser.get(at(event, "event/")).context
    sent = {"name": event.name, "time_zone": "UTC", "seen": form["seen"], "summary": "Typed"}
    refused = organiser.post(at(event, "event/"), {**sent, "embed_sites": "https://a.example/x"})
    assert (refused.status_code, code_of(refused)) == (400, "malformed")
    assert 'id="embed_sites-error"' in text_of(refused)
    assert "https://a.example/x" in text_of(refused)
    assert "Typed" in text_of(refused)
    sites = "https://a.example\r\nhttps://b.example:8443/"
    assert organiser.post(at(event, "event/"), {**sent, "embed_sites": sites}).status_code == 302
    event.refresh_from_db()
    assert event.sites_that_embed == ["https://a.example", "https://b.example:8443"]
    assert "https://b.example:8443" in text_of(organiser.get(at(event, "event/")))


def test_a_new_event_is_offered_the_language_that_its_organiser_reads(event, organiser):
    page = text_of(organiser.get("/organise/", headers={"Accept-Language": "fr"}))
    assert '<option value="fr" lang="fr" selected>' in page
