"""Retention by page, REST and command: shown, tried without saving, saved, and done."""

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from sessions.questions.models import Question, QuestionVote
from sessions.registrations.models import Registration
from sessions.retention.models import RetentionRule
from sessions.suggestions.models import Suggestion
from tests.erasure.held import LAST_DAY, Held, retained

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def held(database):
    return Held()


@pytest.fixture
def client(held):
    client = Client()
    client.force_login(User.objects.get(pk=held.caller.user_id))
    return client


def test_page_shows_tries_and_saves(held, client):
    address = f"/{held.event.slug}/organise/retention/"
    page = client.get(address).content.decode()
    assert page.count("Kept") == 4
    assert "registrations: 30" in page
    tried = client.post(address, {"registrations": "900000", "act": "try"})
    assert (tried.status_code, 'data-code="malformed"' in tried.content.decode()) == (400, True)
    assert 'value="900000"' in tried.content.decode()
    days = (timezone.now().date() - LAST_DAY).days + 100
    tried = client.post(address, {"registrations": str(days), "act": "try"}).content.decode()
    day = LAST_DAY + timedelta(days=days)
    assert f'data-goes-on="{day.isoformat()}"' in tried
    assert f'value="{days}"' in tried
    assert not RetentionRule.objects.exists()
    assert client.post(address, {"registrations": str(days), "attendees": ""}).status_code == 302
    assert RetentionRule.objects.get().days == days
    assert f'data-goes-on="{day.isoformat()}"' in client.get(address).content.decode()


def test_page_keeps_what_two_organisers_typed(held, client):
    address = f"/{held.event.slug}/organise/retention/"
    seen = client.get(address).context["seen"]
    held.keep(attendees=90)
    refused = client.post(address, {"seen": seen, "attendees": "30"})
    assert (refused.status_code, 'data-code="edited_meanwhile"' in refused.content.decode()) == (409, True)
    assert client.post(address, {"seen": seen, "authors": "30", "attendees": ""}).status_code == 302
    assert dict(RetentionRule.objects.values_list("data", "days")) == {"attendees": 90, "authors": 30}


def test_rest_reads_tries_and_sets(held, client):
    address = f"/api/v1/events/{held.event.slug}/retention/"
    answer = client.get(address, {"authors": "5000"})
    assert (answer.status_code, answer.json()["fields"].keys()) == (400, {"authors"})
    days = (timezone.now().date() - LAST_DAY).days + 100
    tried = client.get(address, {"authors": str(days)}).json()
    assert (tried["last_day"], tried["waits_for_live_session"]) == (LAST_DAY.isoformat(), False)
    authors = next(rule for rule in tried["rules"] if rule["data"] == "authors")
    assert authors["goes_on"] == (LAST_DAY + timedelta(days=days)).isoformat()
    assert authors["rows"]["votes_in_named_polls"] == 3
    saved = client.patch(address, {"authors": days}, content_type="application/json")
    assert saved.json()["rules"] == client.get(address).json()["rules"] == tried["rules"]
    answer = client.patch(address, {"authors": None}, content_type="application/json").json()
    assert [rule["goes_on"] for rule in answer["rules"]] == [None] * 4


def test_command_says_what_goes_and_lets_it_go(held):
    def said(*arguments):
        out = StringIO()
        call_command("retain", *arguments, stdout=out)
        return out.getvalue()

    assert "everything is kept" in said("--dry-run")
    held.keep(timezone.now() - timedelta(days=2), registrations=1)
    dry = said("--dry-run", "--event", held.event.slug)
    assert "30 registrations, 1 rows of imports" in dry
    assert "authors: kept" in dry
    assert Registration.objects.count() == 30
    assert "registrations: 30 registrations, 1 rows of imports deleted" in said()
    assert not Registration.objects.exists()
    assert "nothing is due" in said("--event", held.event.slug)
    with pytest.raises(CommandError, match="no event"):
        said("--event", "elsewhere")


def test_author_of_nobodys_question_is_nobody(held):
    """What waits is seen by its author alone; once it has none, it is no stranger's."""
    Question.objects.update(state="waiting")
    Suggestion.objects.update(state="waiting")
    held.keep(authors=1)
    retained(held.event)
    client = Client()
    for kind, row in (("questions", held.question), ("suggestions", held.suggestion)):
        assert client.get(f"/api/v1/{kind}/{row.pk}/").status_code == 404
        assert client.delete(f"/api/v1/{kind}/{row.pk}/").status_code in {401, 403, 404}
    assert (Question.objects.count(), Suggestion.objects.count()) == (2, 1)
    assert QuestionVote.objects.filter(attendee=None).count() == 1
