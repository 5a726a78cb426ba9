"""What a recap tells of few people, and before it is published: nothing that names what one of them did or will do."""

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from opendev.recap.wording import FEWEST, votes
from polls.models import Poll
from sessions.models import Event
from sessions.recap.models import NextStep
from tests.factories import NOW, make_attendee, make_event, make_poll, make_session
from tests.factories.polls import record, vote_for
from tests.factories.sessions import organiser_of
from tests.room.pages import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def event():
    return make_session(make_event(name="A small event"), title="A talk").event


@pytest.fixture
def organiser(browser_of, event):
    organiser_of(event)
    return browser_of(user=event.organisers.first())


def voted_on(event, question, number):
    session = event.sessions.get()
    poll = make_poll(session, question=question, options=("Coal", "Wind"), visibility="always")
    record(*(vote_for(poll, make_attendee(session), "Wind" if n else "Coal") for n in range(number)))
    Poll.objects.filter(pk=poll.pk).update(state="closed", closed_at=NOW)
    return poll


def published(organiser, event):
    """The recap in all its forms, and by REST."""
    here = f"/{event.slug}/recap"
    organiser.post(f"{here}/draft/")
    organiser.post(f"{here}/publish/")
    reader = Client()
    pages = {form: text_of(reader.get(f"{here}.{form}")) for form in ("md", "html", "txt")}
    return {"page": text_of(reader.get(f"{here}/")), **pages}, reader.get(
        f"/api/v1/events/{event.slug}/recap/"
    ).json()


@pytest.mark.parametrize("number", [1, FEWEST - 1])
def test_poll_of_few_people_shows_no_counts_anywhere_and_says_why(organiser, event, number):
    poll = voted_on(event, "How many of few?", number)
    pages, rest = published(organiser, event)
    for form, text in pages.items():
        assert "How many of few?" in text, form
        assert "Results of polls with this few votes are not published" in " ".join(text.split()), form
        for counted in ("Wind", "Coal", f"{number} vote", f"{number} person voted", f"{number} people voted"):
            assert counted not in text, (form, counted)
    (told,) = (one for one in rest["paragraphs"] if one["key"] == f"poll/{poll.pk}")
    assert (told["facts"]["ballots"], told["facts"]["rows"]) == (None, [])
    assert f"{number} vote" not in str(told)


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_poll_of_few_people_shows_no_count_in_any_language(organiser, event, language):
    """The source of its words names the count when it is drafted, with the marks of the language around it."""
    Event.objects.filter(pk=event.pk).update(language=language)
    voted_on(event, "How many?", FEWEST - 1)
    with translation.override(language):
        counted = votes(FEWEST - 1)
    pages, rest = published(organiser, event)
    for form, text in {**pages, "rest": str(rest)}.items():
        assert "How many?" in text, form
        assert counted not in text, form


def test_poll_of_enough_people_shows_its_counts_beside_one_of_few(organiser, event):
    voted_on(event, "How many of few?", FEWEST - 1)
    voted_on(event, "How many of enough?", FEWEST)
    pages, _rest = published(organiser, event)
    for form, text in pages.items():
        assert "Wind" in text, form
    assert pages["md"].count("| Wind |") == 1


def test_next_steps_are_read_by_organisers_alone_until_the_recap_is_published(organiser, event):
    address = f"/api/v1/events/{event.slug}/next-steps/"
    NextStep.objects.create(event=event, kind="upcoming", title="A secret summit")
    assert Client().get(address).status_code == 404
    assert "A secret summit" in text_of(organiser.get(address))
    published(organiser, event)
    assert "A secret summit" in text_of(Client().get(address))
    organiser.post(f"/{event.slug}/recap/withdraw/")
    refused = Client().get(address)
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
