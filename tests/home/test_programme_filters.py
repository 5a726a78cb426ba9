"""What a reader of the programme chooses to see, without script: by the address, on the server."""

import re
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django.test import Client

from opendev.core import kept
from opendev.home import programme_reads
from opendev.home.calendars import stars_cookie
from sessions.programme.models import EventDay, Person, Session, SessionRole
from sessions.programme.selectors.filters import filters_from, in_reading_order
from tests.factories import make_event, make_session
from tests.room.pages import text_of

pytestmark = pytest.mark.django_db
AT = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def event():
    """Two days, two rooms, two tracks, two languages."""
    event = make_event(name="Two rooms")
    second = EventDay.objects.create(event=event, number=2, date=date(2020, 4, 29))
    rows = [
        ("Kata in production", "Hall A", "Containers", "en"),
        ("Réseaux à grande échelle", "Hall B", "Networking", "fr"),
        ("Bare metal", "Hall B", "Containers", "en"),
    ]
    for number, (title, place, track, language) in enumerate(rows):
        said = {"title": title, "place": place, "track": track, "language": language, "state": "upcoming"}
        session = make_session(event, starts_at=AT, **said)
        if number == 2:
            Session.objects.filter(pk=session.pk).update(day=second)
    person = Person.objects.create(event=event, slug="ana", name="Ana Núñez", company="CERN")
    SessionRole.objects.create(session=session, person=person, role="presenter")
    return event


def page_of(event, query="", visitor=None):
    return text_of((visitor or Client()).get(f"{event.get_absolute_url()}{query}"))


def shown(page):
    """The titles of the rows that are not hidden."""
    rows = re.findall(r'<li class="row slot.*?</li>', page, re.DOTALL)
    visible = [row for row in rows if not re.match(r"<li [^>]*\shidden[\s>]", row)]
    return [re.search(r"<h3>\s*<a[^>]*>(.*?)</a>", row, re.DOTALL)[1] for row in visible]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["Kata", "Réseaux", "Bare"]),
        ("?q=KATA", ["Kata"]),
        ("?q=reseaux+echelle", ["Réseaux"]),
        ("?q=nunez", ["Bare"]),
        ("?q=hall+b", ["Réseaux", "Bare"]),
        ("?q=kata+metal", []),
        ("?day=2", ["Bare"]),
        ("?room=Hall+B", ["Réseaux", "Bare"]),
        ("?room=Hall+B&track=Containers", ["Bare"]),
        ("?language=fr", ["Réseaux"]),
        ("?day=99", []),
        ("?room=Nowhere", []),
        ("?starred=yes", []),
        ("?starred=perhaps&other=1", ["Kata", "Réseaux", "Bare"]),
    ],
)
def test_address_says_what_is_shown(event, query, titles):
    page = page_of(event, query)
    assert [title.split()[0] for title in shown(page)] == titles
    is_filtered = "data-filtered" in page
    assert is_filtered == (len(titles) < 3)
    if is_filtered:
        assert f"{len(titles)} of 3 sessions" in page


def test_what_was_chosen_stands_in_the_form_and_a_day_without_a_match_is_hidden(event):
    page = page_of(event, "?q=%22%3E%3Cb%3E&room=Hall+A&day=2")
    assert 'value="&quot;&gt;&lt;b&gt;"' in page
    assert "<option selected>Hall A</option>" in page
    assert re.search(r'<option value="2"\s+selected>', page)
    assert "No session matches." in page
    assert re.search(r'data-day="1"\s+hidden', page)


def test_only_what_tells_sessions_apart_can_be_chosen():
    event = make_event()
    for number in range(2):
        make_session(event, place=f"Hall {number}", track="One", language="", title=f"Session {number}")
    make_session(event, kind="break", track="Lunch", title="Lunch")
    page = page_of(event)
    assert 'name="room"' in page
    assert not any(f'name="{name}"' in page for name in ("track", "language", "day"))
    assert "data-programme-filter" not in page_of(make_session().event)


def test_only_my_stars_and_the_filters_stay_when_another_star_is_set(event):
    visitor = Client()
    first, second, _third = event.sessions.order_by("pk")
    visitor.post(f"{first.get_absolute_url()}star/", {"starred": "yes"})
    assert [title.split()[0] for title in shown(page_of(event, "?starred=yes", visitor))] == ["Kata"]
    assert shown(page_of(event, "?starred=yes")) == []
    filters = {"starred": "yes", "filters": "q=a&room=Hall+B&next=//evil"}
    answer = visitor.post(f"{second.get_absolute_url()}star/", filters)
    assert answer["Location"] == f"{event.get_absolute_url()}?q=a&room=Hall+B#session-{second.pk}"


def test_long_programme_has_one_day_open_and_with_a_filter_those_with_a_match(event):
    for number in range(40):
        make_session(event, title=f"Filler {number}", place=f"Hall {number % 3}", state="upcoming")
    opened = re.compile(r'id="day-(\d)"[^>]*\sopen[\s>]')
    assert opened.findall(page_of(event)) == ["1"]
    assert opened.findall(page_of(event, "?q=a")) == ["1", "2"]
    assert opened.findall(page_of(event, "?q=bare")) == ["2"]


def test_rows_are_made_once_for_all_and_nobody_sees_anothers_stars(event, monkeypatch):
    monkeypatch.setattr(kept, "hub", SimpleNamespace(is_whole=True, bus=None, heard_at=0.0))
    monkeypatch.setattr(kept, "LIFE_S", 600.0)
    programme_reads.programmes.forget()
    made = []
    render = programme_reads._render
    monkeypatch.setattr(programme_reads, "_render", lambda *given: made.append(1) or render(*given))
    visitor, session = Client(), event.sessions.first()
    visitor.post(f"{session.get_absolute_url()}star/", {"starred": "yes"})
    assert "Starred" in page_of(event, visitor=visitor)
    assert len(made) == 4  # each row, and the one with the star
    assert "Starred" not in page_of(event)
    assert visitor.cookies[stars_cookie(event.pk)].value not in page_of(event)
    assert "Starred" in page_of(event, visitor=visitor)
    assert len(made) == 4
    hidden = "?q=nothing+like+it"
    assert "Starred" in page_of(event, hidden, visitor)
    assert "Starred" not in page_of(event, hidden)
    programme_reads.programmes.forget()


def test_filters_are_cut_to_what_a_name_may_be_and_names_sort_as_people_do():
    assert len(filters_from({"q": "x" * 5000}).q) == 120
    assert not filters_from({"starred": "no", "q": "  "})
    names = ["Room 10", "room 2", "Room", "Hall", "Room 2b"]
    assert sorted(names, key=in_reading_order) == ["Hall", "Room", "room 2", "Room 2b", "Room 10"]
