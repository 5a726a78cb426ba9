"""Signing in: by a link that a mail scanner cannot burn, or by a password."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from sessions.access.models import SignInLink
from sessions.access.services import make_sign_in_link
from tests.factories import make_moderator, make_organiser, make_session
from tests.factories.sessions import make_user
from tests.room.pages import at, followed, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return make_session()


@pytest.fixture
def moderator(session):
    return make_moderator(session, "John Garbutt")


@pytest.fixture
def link(moderator):
    return reverse("sign-in-link", args=[make_sign_in_link(user=moderator, now=timezone.now())])


def is_signed_in(client):
    return "_auth_user_id" in client.session


def test_reading_the_link_does_not_spend_it(browser_of, session, link):
    for _ in range(3):
        scanner = browser_of()
        page = scanner.get(link)
        assert page.status_code == 200
        assert "Sign in as John Garbutt" in text_of(page)
        assert scanner.head(link).status_code == 200
        assert not is_signed_in(scanner)
    person = browser_of()
    assert followed(person, person.post(link)).request["PATH_INFO"] == at(session, "control")
    assert is_signed_in(person)


def test_link_is_spent_by_the_first_who_presses_its_button(browser_of, link):
    first, second = browser_of(), browser_of()
    assert first.post(link).status_code == 302
    for ask in (second.post, second.get):
        refused = ask(link)
        assert refused.status_code == 404
        assert "used" in text_of(refused)
    assert not is_signed_in(second)
    assert is_signed_in(first)


def test_link_works_for_a_day(browser_of, moderator):
    now = timezone.now()
    fresh = make_sign_in_link(user=moderator, now=now - timedelta(hours=23, minutes=59))
    stale = make_sign_in_link(user=moderator, now=now - timedelta(hours=24, minutes=1))
    for token, status in ((stale, 404), (fresh, 302)):
        client = browser_of()
        assert client.post(reverse("sign-in-link", args=[token])).status_code == status
        assert is_signed_in(client) == (status == 302)


def test_link_of_somebody_deactivated_signs_nobody_in(browser_of, moderator, link):
    moderator.is_active = False
    moderator.save()
    client = browser_of()
    assert client.post(link).status_code == 404
    assert not is_signed_in(client)
    moderator.is_active = True
    moderator.save()
    assert client.post(link).status_code == 302


@pytest.mark.parametrize("token", ["x", "%00", "%F0%9F%98%80", "é", "x" * 5000])
def test_token_that_is_none_signs_nobody_in(browser_of, link, token):
    client = browser_of()
    for ask in (client.get, client.post):
        assert ask(f"/sign-in/{token}/").status_code == 404
    assert not is_signed_in(client)
    assert client.post(link).status_code == 302


def test_database_keeps_no_token_that_would_open_anything(moderator):
    token = make_sign_in_link(user=moderator, now=timezone.now())
    assert token not in str(list(SignInLink.objects.values()))


def test_who_signs_in_lands_in_the_live_session_they_may_moderate(browser_of):
    event = make_session(state="over").event
    upcoming, live = make_session(event, state="upcoming"), make_session(event)
    for user, place in (
        (make_organiser(event), at(live, "control")),
        (make_moderator(upcoming), at(upcoming, "control")),
        (make_user(), "/"),
    ):
        client = browser_of()
        answer = client.post(reverse("sign-in-link", args=[make_sign_in_link(user=user, now=timezone.now())]))
        assert answer["Location"] == place


@pytest.fixture
def with_password(settings, moderator):
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher"
    ]  # quick; the real one is slow on purpose
    moderator.set_password("a long pass phrase")
    moderator.save()
    return {"username": moderator.username, "password": "a long pass phrase"}


def test_password_signs_in_and_leads_back(browser_of, session, with_password):
    client = browser_of()
    wanted = at(session, "control")
    answer = client.post(reverse("sign-in"), {**with_password, "next": wanted})
    assert answer["Location"] == wanted
    assert client.get(wanted).status_code == 200


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil.example"]
)
def test_sign_in_leads_to_no_other_site(browser_of, with_password, elsewhere):
    answer = browser_of().post(reverse("sign-in"), {**with_password, "next": elsewhere})
    assert answer.status_code == 302
    assert "evil" not in answer["Location"]
    assert "alert" not in answer["Location"]


@pytest.mark.parametrize(
    "wrong", [{"password": "another one"}, {"password": ""}, {"username": "nobody"}, {"username": "\0"}]
)
def test_wrong_password_signs_nobody_in_and_keeps_the_name(browser_of, with_password, wrong):
    client = browser_of()
    form = {**with_password, **wrong}
    refused = client.post(reverse("sign-in"), form)
    assert not is_signed_in(client)
    assert refused.context["form"].errors
    assert "a long pass phrase" not in text_of(refused)
    assert client.post(reverse("sign-in"), with_password).status_code == 302


def test_signing_out_takes_a_button_not_a_link(browser_of, moderator, session):
    client = browser_of(user=moderator)
    assert client.get(reverse("sign-out")).status_code == 405
    assert is_signed_in(client)
    assert client.post(reverse("sign-out")).status_code == 302
    assert not is_signed_in(client)
    assert client.get(at(session, "control")).status_code == 302


# --- limits, and what the log says


STRANGER = {"REMOTE_ADDR": "203.0.113.7"}


def test_wrong_passwords_of_one_address_are_refused_after_twenty(browser_of, with_password):
    client, door = browser_of(), "/sign-in/"
    form = {**with_password, "password": "wrong"}
    answers = [client.post(door, {**form, "username": f"nobody-{n}"}, **STRANGER) for n in range(25)]
    assert [answer.status_code for answer in answers] == [200] * 20 + [429] * 5
    assert int(answers[-1]["Retry-After"]) > 1
    assert client.post(door, with_password, **STRANGER).status_code == 429
    assert not is_signed_in(client)
    other = {"REMOTE_ADDR": "203.0.113.8"}
    assert client.post("/sign-in/", with_password, **other).status_code == 302


def test_administration_takes_no_password_of_its_own(browser_of, with_password):
    client = browser_of()
    for form in (with_password, {**with_password, "password": "wrong"}):
        assert client.post("/admin/login/", form, **STRANGER)["Location"].startswith("/sign-in/?next=")
    assert not is_signed_in(client)


def test_wrong_passwords_of_one_account_are_limited_from_wherever_they_come_and_its_links_go_on(
    browser_of, with_password, moderator, session
):
    client = browser_of()
    wrong = {**with_password, "password": "wrong"}
    for n in range(30):
        address = {"REMOTE_ADDR": f"198.51.100.{n}"}
        name = wrong["username"].upper() if n % 2 else wrong["username"]
        assert client.post("/sign-in/", {**wrong, "username": name}, **address).status_code == 200
    refused = client.post("/sign-in/", with_password, **STRANGER)
    assert refused.status_code == 429
    assert client.post("/sign-in/", with_password, REMOTE_ADDR="127.0.0.1").status_code == 429
    assert client.post("/sign-in/", {**wrong, "username": "somebody-else"}, **STRANGER).status_code == 200
    link = reverse("sign-in-link", args=[make_sign_in_link(user=moderator, now=timezone.now())])
    assert client.post(link, **STRANGER).status_code == 302
    assert is_signed_in(client)


def test_right_passwords_are_not_counted_against_the_account(browser_of, with_password):
    for _ in range(40):
        assert browser_of().post("/sign-in/", with_password).status_code == 302


def test_each_sign_in_each_failure_and_each_refusal_is_logged_without_a_secret(
    browser_of, with_password, moderator, link, caplog
):
    caplog.set_level("INFO", "opendev.sign_in")
    client = browser_of()
    client.post("/sign-in/", {**with_password, "password": "my-other-secret"}, **STRANGER)
    client.post("/sign-in/", {"username": "typed-my-secret-here", "password": "x"}, **STRANGER)
    client.post("/sign-in/", {**with_password, "password": "my-other-secret"}, **STRANGER)
    client.post("/sign-in/", with_password, **STRANGER)
    client.post(link, **STRANGER)
    browser_of().post(link, **STRANGER)
    guesser = browser_of()
    for _ in range(20):
        guesser.post("/sign-in/", {**with_password, "password": "wrong"}, **STRANGER)
    said = [record.getMessage() for record in caplog.records if record.name == "opendev.sign_in"]
    assert said[:6] == [
        f"A try to sign in by password failed: user {moderator.pk}.",
        "A try to sign in by password failed: no such user.",
        f"A try to sign in by password failed: user {moderator.pk}.",
        f"User {moderator.pk} gave their password.",
        f"User {moderator.pk} signed in by link.",
        "A try to sign in by link failed: the link is spent, or was never made.",
    ]
    assert said[-1] == f"A try to sign in by password was refused, after too many: user {moderator.pk}."
    everything = "\n".join(said)
    for secret in ("secret", "wrong", "phrase", link.split("/")[2], "203.0.113", moderator.username):
        assert secret not in everything


def test_who_was_signed_in_before_an_upgrade_still_is(browser_of, moderator, session):
    client = browser_of()
    client.force_login(moderator, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(at(session, "control")).status_code == 200
