"""The home page of somebody with sessions to run, and the second sign-in on their phone."""

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.urls import reverse
from django.utils import timezone

from opendev.home.own_links import OWN_LINK_LASTS, local_path
from sessions.access.models import SignInLink
from sessions.programme.models import Person, Session, SessionRole
from sessions.programme.selectors.mine import MOST_AHEAD, sessions_of_team
from tests.factories import make_event, make_moderator, make_organiser, make_session
from tests.factories.sessions import make_user
from tests.room.pages import at, text_of

pytestmark = pytest.mark.django_db


def give_role(session, user, role=SessionRole.Role.MODERATOR):
    person, _made = Person.objects.get_or_create(
        event=session.event, user=user, defaults={"slug": f"own-{user.pk}", "name": "Ada Example"}
    )
    SessionRole.objects.create(session=session, person=person, role=role)


@pytest.fixture
def ada():
    return make_user("Ada Example")


def titles(own):
    return [each.session.title for each in own]


# --- what is listed


def test_sessions_are_live_then_ahead_then_over(ada):
    event = make_event()
    states = {"Before": "over", "Now": "live", "Soon": "upcoming", "Later": "upcoming"}
    for title, state in states.items():
        give_role(make_session(event, title=title, state=state), ada)
    make_session(event, title="Somebody else's")
    mine = sessions_of_team(ada.pk)
    assert (titles(mine.live), titles(mine.ahead), titles(mine.over)) == (
        ["Now"],
        ["Soon", "Later"],
        ["Before"],
    )


def test_cancelled_sessions_and_those_one_only_presents_are_not_listed(ada):
    event = make_event()
    give_role(make_session(event, state="upcoming", cancelled_at=timezone.now()), ada)
    give_role(make_session(event), ada, SessionRole.Role.PRESENTER)
    assert not sessions_of_team(ada.pk)


def test_moderator_who_also_helps_is_listed_once_as_moderator(ada):
    session = make_session()
    give_role(session, ada, SessionRole.Role.HELPER)
    give_role(session, ada)
    (own,) = sessions_of_team(ada.pk).live
    assert own.is_moderator


def test_many_sessions_are_counted_and_not_listed(ada, django_assert_max_num_queries):
    event = make_event()
    for _ in range(MOST_AHEAD + 3):
        give_role(make_session(event, state="upcoming"), ada)
    with django_assert_max_num_queries(7):
        mine = sessions_of_team(ada.pk)
    assert (len(mine.ahead), mine.more) == (MOST_AHEAD, 3)


# --- the page


def test_home_leads_a_moderator_to_the_control_room_and_a_helper_to_the_questions(client, ada):
    session, other = make_session(), make_session()
    give_role(session, ada)
    give_role(other, ada, SessionRole.Role.HELPER)
    client.force_login(ada)
    page = text_of(client.get("/"))
    assert f'href="{at(session, "control")}"' in page
    assert f'href="{at(session, "screen")}"' in page
    assert f'href="{at(other, "control-questions")}"' in page
    assert f'href="{at(other, "control")}"' not in page
    assert page.count("<h1") == 1


def test_home_of_others_begins_with_the_code(client, ada):
    make_moderator(make_session())
    for user in (None, ada):
        if user:
            client.force_login(user)
        page = text_of(client.get("/"))
        assert 'name="code"' in page
        assert "Your sessions" not in page


# --- one's phone


def test_phone_is_signed_in_once_and_shows_the_control_room(browser_of, ada):
    session = make_session()
    give_role(session, ada)
    computer, phone, thief = browser_of(), browser_of(), browser_of()
    computer.force_login(ada)
    assert 'class="qr"' not in text_of(computer.get(reverse("phone")))
    shown = text_of(computer.post(reverse("phone"), {"next": at(session, "control")}))
    assert 'class="qr"' in shown
    (link,) = set(re.findall(r"/sign-in/[\w-]+/\?next=[^\"<\s]+", shown))
    assert link.endswith(f"?next={at(session, 'control')}")
    assert phone.get(link).status_code == 200
    assert phone.post(link).headers["Location"] == at(session, "control")
    assert phone.get(at(session, "control")).status_code == 200
    assert computer.get(at(session, "control")).status_code == 200
    assert thief.post(link).status_code == 404


def test_code_for_ones_phone_lasts_ten_minutes(client, ada):
    client.force_login(ada)
    before = timezone.now()
    client.post(reverse("phone"))
    lasts = SignInLink.objects.get(user=ada).expires_at - before
    assert OWN_LINK_LASTS <= lasts < OWN_LINK_LASTS + timedelta(minutes=1)


def test_code_is_for_people_who_are_signed_in(client):
    answer = client.post(reverse("phone"))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("sign-in"))
    assert not SignInLink.objects.exists()


@pytest.mark.parametrize("address", ["https://example.org/", "//example.org/", "example.org", "", "\\\\x"])
def test_link_leads_to_no_other_site(client, ada, address):
    assert local_path(address) == ""
    session = make_session(state=Session.State.LIVE)
    give_role(session, ada)
    client.force_login(ada)
    shown = text_of(client.post(reverse("phone"), {"next": address}))
    (link,) = set(re.findall(r"/sign-in/[\w-]{20,}/", shown))
    client.logout()
    assert client.post(f"{link}?next={quote(address, safe='')}").headers["Location"] == at(session, "control")


def test_organiser_without_a_role_sees_the_events(client):
    event = make_event()
    make_session(event)
    client.force_login(make_organiser(event))
    page = text_of(client.get("/"))
    assert "Your sessions" not in page
    assert f'href="{reverse("organise", args=[event.slug])}"' in page
