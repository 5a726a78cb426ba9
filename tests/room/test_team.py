"""The page beside the control room: who moderates, and one's own tokens."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from opendev.core.mail import mailer
from sessions.access.models import ApiToken, SignInLink
from sessions.access.services import make_api_token
from sessions.programme.models import Person
from tests.factories import make_event, make_moderator, make_organiser, make_session


@pytest.fixture
def session(db):
    return make_session()


def page_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def invite(client, session, **said):
    return client.post(
        session.address("control-team-invite"), {"name": "Ada Byron", "company": "Analytical", **said}
    )


def test_organiser_invites_a_moderator_whose_link_signs_in_and_who_may_moderate(session):
    answer = invite(page_of(make_organiser(session.event)), session)
    assert answer.status_code == 200
    link = re.search(r'href="http://[^"]+(/sign-in/[^"]+)"', answer.text)[1]
    invited = Client()
    assert invited.post(link).status_code == 302
    assert invited.get(session.address("control")).status_code == 200
    assert "Ada Byron" in invited.get(session.address("control-team")).text


def test_inviting_twice_makes_one_moderator_and_a_second_link(session):
    organiser = page_of(make_organiser(session.event))
    first, second = invite(organiser, session), invite(organiser, session)
    links = [re.search(r"/sign-in/[^\"]+", answer.text)[0] for answer in (first, second)]
    assert links[0] != links[1]
    assert second.text.count("<strong>Ada Byron</strong>") == 1


def test_moderator_cannot_invite(session):
    answer = invite(page_of(make_moderator(session)), session)
    assert answer.status_code == 403
    assert 'data-code="not_organiser"' in answer.text
    assert not User.objects.filter(username="ada-byron").exists()


@pytest.mark.parametrize(("name", "field"), [("", "name"), ("x" * 121, "name"), ("a\x00b", "name")])
def test_bad_name_is_refused_with_its_field_and_nothing_is_lost(session, name, field):
    answer = invite(page_of(make_organiser(session.event)), session, name=name)
    assert answer.status_code == 400
    assert f'id="{field}-error"' in answer.text
    assert 'value="Analytical"' in answer.text


def test_removed_moderator_is_kept_out(session):
    moderator = make_moderator(session)
    theirs = page_of(moderator)
    assert theirs.get(session.address("control")).status_code == 200
    person = session.event.people.get(user=moderator)
    organiser = page_of(make_organiser(session.event))
    assert organiser.post(session.address("control-team-remove"), {"person": person.pk}).status_code == 302
    assert theirs.get(session.address("control")).status_code == 403
    assert organiser.post(session.address("control-team-remove"), {"person": person.pk}).status_code == 404


def test_token_is_shown_once_acts_for_its_owner_and_can_be_revoked(session):
    moderator = make_moderator(session)
    client = page_of(moderator)
    answer = client.post(session.address("control-token-make"), {"token_name": "slides"})
    token = re.search(r"<code>(odc_[^<]+)</code>", answer.text)[1]
    listed = client.get(session.address("control-team")).text
    assert "slides" in listed
    assert token not in listed

    program = Client(headers={"authorization": f"Bearer {token}"})
    address = f"/api/v1/sessions/{session.pk}/polls/"
    body = {"question": "Which?", "options": [{"text": "a"}, {"text": "b"}]}
    assert program.post(address, body, content_type="application/json").status_code == 201
    made = ApiToken.objects.get(user=moderator)
    assert client.post(session.address("control-token-revoke"), {"token": made.pk}).status_code == 302
    assert program.post(address, body, content_type="application/json").json()["code"] == "bad_token"


def test_token_is_given_a_scope_and_an_event_by_page(session):
    user = make_moderator(session)
    typed = {"token_name": "slides", "token_scope": "moderate", "token_here": "yes"}
    page = page_of(user).post(session.address("control-token-make"), typed)
    made = ApiToken.objects.get(user=user)
    assert (made.scope, made.event) == ("moderate", session.event_id)
    assert "Read and moderate" in page.text
    refused = page_of(user).post(session.address("control-token-make"), {**typed, "token_scope": "admin"})
    assert (refused.status_code, refused.text.count('data-code="malformed"')) == (400, 1)
    assert ApiToken.objects.filter(user=user).count() == 1


def test_nobody_revokes_the_token_of_another(session):
    owner, other = make_moderator(session), make_moderator(session)
    page_of(owner).post(session.address("control-token-make"), {"token_name": "slides"})
    made = ApiToken.objects.get(user=owner)
    answer = page_of(other).post(session.address("control-token-revoke"), {"token": made.pk})
    assert answer.status_code == 404
    made.refresh_from_db()
    assert made.revoked_at is None


def test_outsider_and_stranger_are_kept_out(session):
    stranger = page_of(User.objects.create_user("stranger"))
    assert stranger.get(session.address("control-team")).status_code == 403
    assert Client().get(session.address("control-team")).status_code == 401
    assert reverse("sign-in") in Client().get(session.address("control")).headers["Location"]


def test_no_link_is_made_for_somebody_who_may_do_more_than_the_inviter_can_give(session):
    organiser = page_of(make_organiser(session.event))
    neighbour = make_moderator(make_session(session.event))
    elsewhere = make_moderator(session)
    Person.objects.create(event=make_event(), slug="elsewhere", name="Elsewhere", user=elsewhere)
    boss = make_moderator(session)
    User.objects.filter(pk=boss.pk).update(is_staff=True)
    for user, has_link in ((neighbour, True), (elsewhere, False), (boss, False)):
        name = f"Somebody {user.pk}"
        Person.objects.filter(event=session.event, user=user).update(name=name)
        answer = invite(organiser, session, name=name)
        assert answer.status_code == 200
        assert ("/sign-in/" in answer.text) == has_link
        assert session.roles.filter(person__user=user, role="moderator").count() == 1


@pytest.mark.parametrize("account", ["signed in before", "password", "token"])
def test_no_link_is_made_for_somebody_who_has_an_account(session, account):
    organiser = page_of(make_organiser(session.event))
    first = invite(organiser, session)
    link = re.search(r'href="http://[^"]+(/sign-in/[^"]+)"', first.text)[1]
    user = User.objects.get(username="ada-byron")
    if account == "signed in before":
        assert Client().post(link).status_code == 302
    elif account == "password":
        user.set_password("a-password-of-some-length")
        user.save()
    else:
        make_api_token(user=user, name="", lasts=timedelta(days=1), now=timezone.now())
    answer = invite(organiser, session)
    assert answer.status_code == 200
    assert "/sign-in/" not in answer.text
    assert "already has an account" in answer.text


# --- invitations by e-mail


@pytest.fixture
def sends_mail(settings):
    settings.EMAIL_URL, settings.DEFAULT_FROM_EMAIL = "smtp://localhost", "companion@example.org"


def mails():
    mailer.wait()
    return mail.outbox


def test_invitation_by_mail_names_the_sign_in_page_and_holds_no_secret(session, sends_mail):
    organiser = page_of(make_organiser(session.event))
    answer = invite(organiser, session, email="Ada@Example.org")
    assert "An invitation to <bdi>Ada Byron</bdi> is on its way" in answer.text
    (message,) = mails()
    assert message.to == ["ada@example.org"]
    assert session.title in message.body
    assert re.findall(r"http\S+", message.body) == ["http://127.0.0.1:8000/sign-in/"]
    assert not SignInLink.objects.exists()
    address = EmailAddress.objects.get()
    assert (address.user.username, address.verified) == ("ada-byron", False)


def test_address_of_somebody_else_is_refused_and_an_account_in_use_keeps_its_own(session, sends_mail):
    organiser = page_of(make_organiser(session.event))
    invite(organiser, session, email="ada@example.org")
    refused = invite(organiser, session, name="Grace Hopper", email="ADA@example.org")
    assert refused.status_code == 400
    assert 'id="email-error"' in refused.text
    assert 'value="Grace Hopper"' in refused.text
    assert not User.objects.filter(first_name="Grace").exists()
    invite(organiser, session, email="typo-mended@example.org")  # has never signed in
    user = User.objects.get(username="ada-byron")
    assert user.email == "typo-mended@example.org"
    page_of(user)  # signs in
    taken = invite(organiser, session, email="mallory@example.org")
    assert "already has an account" in taken.text
    user.refresh_from_db()
    assert user.email == "typo-mended@example.org"
    assert [one.to for one in mails()] == [["ada@example.org"], ["typo-mended@example.org"]]
    assert not SignInLink.objects.exists()


def test_without_a_mail_server_a_link_is_made_as_ever(session):
    answer = invite(page_of(make_organiser(session.event)), session, email="ada@example.org")
    assert "Email address, to send" not in answer.text
    assert "/sign-in/" in re.search(r'href="http://[^"]+(/sign-in/[^"]+)"', answer.text)[1]
    assert not EmailAddress.objects.exists()
