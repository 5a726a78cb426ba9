"""How a list was understood: told by page and REST, with what was taken in part."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from sessions.access.services import make_api_token
from sessions.attendees.models import Attendee
from sessions.registrations.links import personal_link
from sessions.registrations.models import Registration
from sessions.registrations.selectors import rounded_down
from tests.factories import make_session
from tests.factories.sessions import organiser_of
from tests.room.pages import text_of
from tests.sessions.registrations.test_registrations import GOOD, HEAD, bring, event, kept, organiser

__all__ = ["event", "organiser"]
pytestmark = pytest.mark.django_db
IN_PART = (
    "Email,Name,Diet,Country,Status\nada@example.org,Ada,-,Atlantis,paid\nbo@example.org,Bo,-,,canceled\n"
)


def test_page_tells_how_a_list_was_understood(organiser, event):
    address = f"/{event.slug}/registrations/"
    organiser.post(f"{address}import/", {"file": SimpleUploadedFile("list.csv", IN_PART.encode())})
    page = text_of(organiser.get(address))
    for words in (
        "1 added, 0 merged (0 of them changed), 0 with errors.",
        "1 row left out",
        "“Diet”",
        "“Email”",
        "Atlantis",
        "canceled",
    ):
        assert words in page, words
    assert kept(event) == [("ada@example.org", "Ada", "")]


def test_rest_tells_how_a_list_was_understood(event):
    organiser_of(event)
    token = make_api_token(
        user=event.organisers.first(), name="", lasts=timedelta(days=1), now=timezone.now()
    )
    answer = Client(headers={"Authorization": f"Bearer {token}"}).post(
        f"/api/v1/events/{event.slug}/registrations/imports/",
        {"csv": IN_PART, "bad_rows": "refuse"},
        content_type="application/json",
    )
    told = answer.json()
    assert (told["state"], told["added"], told["bad"], told["left_out"]) == ("done", 1, 0, 1)
    assert [(one["heading"], one["field"]) for one in told["columns"]] == [
        ("Email", "email"),
        ("Name", "name"),
        ("Diet", ""),
        ("Country", "country"),
        ("Status", "state"),
    ]
    assert [(one["row"], one["field"], one["value"]) for one in told["remarks"]] == [
        (2, "country", "Atlantis"),
        (3, "state", "canceled"),
    ]


def test_person_from_kosovo_joins_by_their_link(client, event):
    session = make_session(event)
    bring(event, "Email,Country\nada@example.org,Kosovo\n")
    address = personal_link(Registration.objects.get(email="ada@example.org").pk)
    assert client.post(address, {"session": session.slug}).status_code == 302
    assert Attendee.objects.latest("pk").country == "XK"


def test_list_that_is_brought_again_says_how_many_of_its_rows_are_news(event):
    bring(event, HEAD + GOOD)
    same = bring(event, HEAD + GOOD)
    assert (same.added, same.merged, same.changed) == (0, 2, 0)
    some = bring(
        event,
        "email,name\nada@example.org,Ada\nbo@example.org,Bo Li\ncy@example.org,Cy\ncy@example.org,Cyd\n",
    )
    assert (some.added, some.merged, some.changed) == (1, 3, 2)  # Bo, and the second row of Cy


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "0"),
        (19, "19"),
        (20, "20"),
        (73, "70+"),
        (470, "470"),
        (706, "700+"),
        (5_230, "5,200+"),
        (12_900, "12,000+"),
    ],
)
def test_figure_is_rounded_down_to_what_is_read_easily(number, shown):
    assert rounded_down(number) == shown
