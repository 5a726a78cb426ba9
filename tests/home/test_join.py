"""Joining: six digits, a scanned code, and what one may say of oneself."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from opendev.core.attendance import new_pass, pass_cookie_name, read_pass, sign_pass
from sessions.attendees.models import Attendance, Attendee, RevokedPass
from tests.factories import NOW, make_attendee, make_event, make_session
from tests.factories.databases import connected_to, rolled_back
from tests.room.pages import code_of, followed, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return make_session(title="Bare Metal, Virtual Machines or Both?")


@pytest.fixture
def visitor(browser_of):
    return browser_of()


def by_code(session):
    return reverse("join-code", args=[session.code])


@pytest.mark.parametrize("typed", ["{}", " {} ", "{:.3} {:.3}", "code: {}"])
def test_typed_code_leads_to_the_session(visitor, session, typed):
    code = f"{session.code[:3]} {session.code[3:]}" if "{:.3}" in typed else typed.format(session.code)
    assert followed(visitor, visitor.post(reverse("join"), {"code": code})).context["session"] == session


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "abcdef", "000000", "\0", "９９９９９９", "9" * 5000, "<script>"]
)
def test_code_that_leads_nowhere_is_said_and_kept(visitor, session, typed):
    refused = visitor.post(reverse("join"), {"code": typed})
    assert (refused.status_code, code_of(refused)) == (404, "not_found")
    assert refused.context["code"] == typed[:20]
    assert "<script>" not in text_of(refused)
    assert visitor.post(reverse("join"), {"code": session.code}).status_code == 302


def test_code_of_a_session_that_is_over_leads_to_its_record(visitor):
    over = make_session(state="over")
    for _ in range(12):  # more often than wrong codes may be tried
        typed = visitor.post(reverse("join"), {"code": over.code})
        page = followed(visitor, followed(visitor, typed))
        assert (page.context["session"], "This session is over" in text_of(page)) == (over, True)
    for response in (visitor.get(by_code(over)), visitor.post(by_code(over))):
        assert response["Location"] == over.get_absolute_url()
    assert not Attendee.objects.exists()


def test_cancelled_session_is_not_offered_to_join(visitor):
    session = make_session(state="upcoming", cancelled_at=NOW)
    page = visitor.get(by_code(session))
    assert "This session is cancelled" in text_of(page)
    assert 'class="btn wide"' not in text_of(page)
    refused = visitor.post(by_code(session))
    assert (refused.status_code, code_of(refused)) == (409, "session_is_cancelled")
    assert not Attendee.objects.exists()


def test_join_page_of_an_upcoming_session_says_day_time_and_zone(visitor):
    session = make_session(
        make_event(time_zone="Asia/Tokyo"),
        state="upcoming",
        starts_at=datetime(2026, 12, 15, 4, 0, tzinfo=UTC),
    )
    for path in (by_code(session), session.get_absolute_url()):
        assert "Tuesday 15 December 2026, 13:00 Asia/Tokyo" in text_of(visitor.get(path))


def test_page_of_a_session_without_people_does_not_begin_with_a_full_stop(visitor):
    session = make_session(make_event(name="LA evening"))
    for path in (by_code(session), session.get_absolute_url(), session.address("screen")):
        page = text_of(visitor.get(path))
        assert 'content="LA evening. Vote while' in page
        assert ". LA evening" not in page


def test_scanned_code_joins_with_one_tap(visitor, session):
    page = visitor.get(by_code(session))
    assert session.title in text_of(page)
    assert not Attendee.objects.exists()
    joined = visitor.post(by_code(session))
    assert joined["Location"] == session.get_absolute_url()
    attendee = Attendee.objects.get()
    assert read_pass(joined.cookies[pass_cookie_name(session.event_id)].value).attendee_id == attendee.pk
    assert list(Attendance.objects.values_list("session", "attendee")) == [(session.pk, attendee.pk)]


def test_somebody_who_is_in_is_led_to_the_room_at_once(visitor, session):
    neighbour = make_session(session.event)
    visitor.post(by_code(session))
    assert visitor.get(by_code(session))["Location"] == session.get_absolute_url()
    assert "Tell us who you are" in text_of(visitor.get(by_code(neighbour)))  # joined by a tap, not by a look
    assert not Attendance.objects.filter(session=neighbour).exists()
    attendee = Attendee.objects.get()
    RevokedPass.objects.create(attendee_id=attendee.pk, event=session.event, revoked_at=NOW)
    assert visitor.get(by_code(session)).status_code == 200


def test_who_one_is_is_asked_on_a_page_of_its_own(visitor, session):
    assert "<select" not in text_of(visitor.get(by_code(session)))
    page = text_of(visitor.get(f"{by_code(session)}?who"))
    assert 'name="company"' in page
    assert page.count("<option") > 200
    refused = visitor.post(by_code(session), {"name": "x" * 121})
    assert 'aria-describedby="name-error"' in text_of(refused)


def test_what_one_says_of_oneself_is_kept_and_can_be_changed(visitor, session):
    visitor.post(by_code(session), {"name": " Ada  Lovelace ", "company": "Analytical", "country": "gb"})
    said = Attendee.objects.values_list("name", "company", "country")
    assert list(said) == [("Ada Lovelace", "Analytical", "GB")]
    assert visitor.get(f"{by_code(session)}?who").context["form"]["name"] == "Ada Lovelace"
    visitor.post(by_code(session), {"name": "", "company": "Engines", "country": ""})
    assert list(said.all()) == [("", "Engines", "")]  # what is emptied is taken back
    visitor.post(by_code(session), {})  # one tap, without the form's fields, says nothing
    assert list(said.all()) == [("", "Engines", "")]


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"name": "x" * 121}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"company": "x" * 121}, "company"),
        ({"country": "XX"}, "country"),
        ({"country": "Germany"}, "country"),
        ({"country": "<script>"}, "country"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_nothing_typed_is_lost(visitor, session, form, field):
    refused = visitor.post(by_code(session), {"name": "Ada", "company": "Analytical", **form})
    assert refused.status_code == 400
    assert code_of(refused) == "malformed"
    assert set(refused.context["errors"]) == {field}
    assert refused.context["form"] == {"name": "Ada", "company": "Analytical", "country": "", **form}
    assert "<script>" not in text_of(refused)
    assert not Attendee.objects.exists()
    assert visitor.post(by_code(session), {"name": "Ada"}).status_code == 302


def test_device_is_one_attendee_of_an_event_in_all_its_sessions(visitor, session):
    visitor.post(by_code(session))
    visitor.post(by_code(make_session(session.event)))
    visitor.post(by_code(session))
    assert Attendee.objects.count() == 1
    assert Attendance.objects.count() == 2
    visitor.post(by_code(make_session()))
    assert Attendee.objects.count() == 2


def test_pass_that_is_not_ours_makes_a_new_attendee(browser_of, session):
    mine = make_attendee(session)
    for text in (
        sign_pass(mine)[:-1] + "x",
        sign_pass(new_pass(session.event_id, 404)),
        "made.up",
        "",
    ):
        visitor = browser_of()
        visitor.cookies[pass_cookie_name(session.event_id)] = text
        before = Attendee.objects.count()
        assert visitor.post(by_code(session)).status_code == 302
        assert Attendee.objects.count() == before + 1


@pytest.mark.parametrize(
    "code", ["0", "12345", "1234567", "abcdef", "%00", "%F0%9F%98%80", "9" * 5000, "１２３４５６", "1 2"]
)
def test_address_of_no_code_is_not_found(visitor, session, code):
    assert visitor.get(by_code(session)).status_code == 200
    for ask in (visitor.get, visitor.post):
        missing = ask(f"/j/{code}/")
        assert (missing.status_code, code_of(missing)) == (404, "not_found")


def test_address_of_no_code_is_not_found_on_postgresql(fresh_database, django_db_blocker, visitor):
    with django_db_blocker.unblock(), connected_to(fresh_database()), rolled_back():
        session = make_session()
        assert visitor.get(by_code(session)).status_code == 200
        for address in ("/j/%00/", "/j/1%000000/", "/%00/", "/%00/sessions/x/", "/sign-in/%00/"):
            assert visitor.get(address).status_code == 404, address
        assert visitor.post("/join/", {"code": "\0"}).status_code == 404


DIGITS = {
    "Arabic": "٠١٢٣٤٥٦٧٨٩",
    "Persian": "۰۱۲۳۴۵۶۷۸۹",
    "full width": "０１２３４５６７８９",
    "Devanagari": "०१२३४५६७८९",
}


@pytest.mark.parametrize("digits", DIGITS.values(), ids=DIGITS)
def test_code_can_be_typed_in_the_digits_of_any_script(visitor, session, digits):
    code = session.code.translate(str.maketrans("0123456789", digits))
    for typed in (
        code,
        f"{code[:3]} {code[3:]}",
        f" {code[:3]}-{code[3:]} ",
        f"\u200f{code[:3]}–{code[3:]}\u200e",
    ):
        assert visitor.post("/join/", {"code": typed}).headers["Location"] == f"/j/{session.code}/"
        assert visitor.get(f"/j/{typed}/").status_code == 200
    for wrong in (code[:5], code + code[0], f"{code}x", "²" * 6):
        assert visitor.get(f"/j/{wrong}/").status_code == 404


@pytest.mark.parametrize(("language", "name"), [("de", "Südkorea"), ("ja", "韓国"), ("en", "South Korea")])
def test_countries_are_named_in_the_readers_language(visitor, session, language, name):
    headers = {"Accept-Language": language}
    page = text_of(visitor.get(f"{by_code(session)}?who", headers=headers))
    assert f'<option value="KR">{name}</option>' in " ".join(page.split()).replace(" >", ">")
    visitor.post(by_code(session), {"name": "Ada", "country": "KR"})
    own = text_of(visitor.get(f"/{session.event.slug}/my-data/", headers=headers))
    assert f"<bdi>{name}</bdi>" in own
