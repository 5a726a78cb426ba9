"""Signing in by code, with a second factor, and one's own sign-ins."""

import re
from datetime import timedelta

import psycopg
import pyotp
import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from opendev.core.cookie_store import SessionStore, hash_key
from opendev.core.errors import DomainError
from opendev.core.mail import mailer
from sessions.access.models import SignIn
from sessions.access.selectors import BEGAN_AT, SEEN_AT, ground_of_cookie
from sessions.access.services import make_sign_in_link
from sessions.audit.models import AuditEntry
from sessions.programme.services.rights import check_organises
from tests.factories import make_event, make_moderator, make_organiser, make_session
from tests.factories.sessions import make_user
from tests.home.people import add_app, caller_of_user, secret_on
from tests.room.pages import code_of, text_of
from tests.support.programs import free_port

pytestmark = pytest.mark.django_db
ACCOUNT, FACTOR = "/sign-in/account/", "/sign-in/second-factor/"


@pytest.fixture(autouse=True)
def sends_mail(settings):
    settings.EMAIL_URL, settings.DEFAULT_FROM_EMAIL = "smtp://localhost", "companion@example.org"


@pytest.fixture
def ada():
    user = make_moderator(make_session(), "Ada Lovelace")
    EmailAddress.objects.create(user=user, email="ada@example.org", primary=True)
    return user


def codes_sent():
    mailer.wait()
    return [re.search(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$", one.body, re.MULTILINE)[0] for one in mail.outbox]


def later(*, minutes):
    return timezone.now() + timedelta(minutes=minutes)


def without_token(page):
    """What two visitors are shown alike."""
    return re.sub(r'value="\w{64}"', "", text_of(page)).replace("ada@", "nobody@")


def is_signed_in(client):
    return "_auth_user_id" in client.session


def ask_for_code(client, address="ada@example.org"):
    answer = client.post("/sign-in/code/", {"email": address})
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/code/confirm/")


def test_code_from_the_mail_signs_in_and_proves_the_address(browser_of, ada):
    browser = browser_of()
    ask_for_code(browser)
    (code,) = codes_sent()
    assert mail.outbox[0].to == ["ada@example.org"]
    assert "ada@example.org" in text_of(browser.get("/sign-in/code/confirm/"))
    answer = browser.post("/sign-in/code/confirm/", {"code": code})
    assert answer.status_code == 302
    assert "/control/" in answer["Location"]
    assert is_signed_in(browser)
    assert EmailAddress.objects.get().verified
    entry = AuditEntry.objects.get(kind="sign_in.done")
    assert (entry.actor, entry.details) == (ada.pk, {"method": "code"})


def test_code_opens_nothing_in_another_browser_nor_after_three_wrong_tries(browser_of, ada):
    browser, other = browser_of(), browser_of()
    ask_for_code(browser)
    (code,) = codes_sent()
    assert other.post("/sign-in/code/confirm/", {"code": code}).status_code in {302, 403}
    assert not is_signed_in(other)
    for _ in range(3):
        browser.post("/sign-in/code/confirm/", {"code": "WRNG-CODE"})
    browser.post("/sign-in/code/confirm/", {"code": code})
    assert not is_signed_in(browser)
    failed = AuditEntry.objects.filter(kind="sign_in.failed", subject=f"user {ada.pk}")
    assert [one.details["method"] for one in failed] == ["code"] * 3


def test_code_lasts_minutes(browser_of, ada):
    browser = browser_of()
    ask_for_code(browser)
    (code,) = codes_sent()
    with time_machine.travel(later(minutes=4)):
        browser.post("/sign-in/code/confirm/", {"code": code})
    assert not is_signed_in(browser)


def test_stranger_gets_the_same_answers_and_no_mail(browser_of, ada):
    known, unknown = browser_of(), browser_of()
    ask_for_code(known)
    ask_for_code(unknown, "nobody@example.org")
    assert len(codes_sent()) == 1
    pages = [without_token(one.get("/sign-in/code/confirm/")) for one in (known, unknown)]
    assert pages[0] == pages[1]
    wrong = {"code": "WRNG-CODE"}
    refused = [without_token(one.post("/sign-in/code/confirm/", wrong)) for one in (known, unknown)]
    assert "Incorrect code" in refused[0]
    assert refused[0] == refused[1]


def test_few_mails_go_to_one_address_and_tries_of_a_network_end(browser_of, ada):
    for _ in range(8):
        ask_for_code(browser_of())
    assert len(codes_sent()) == 5
    outside = {"REMOTE_ADDR": "203.0.113.7"}
    answers = [browser_of().post("/sign-in/code/", {"email": "x@example.org"}, **outside) for _ in range(21)]
    assert [answer.status_code for answer in answers] == [302] * 20 + [429]
    assert code_of(answers[-1]) == "too_often"
    assert int(answers[-1]["Retry-After"]) > 0
    assert AuditEntry.objects.filter(kind="sign_in.refused").count() == 1


def test_page_offers_no_code_where_no_mail_is_sent(browser_of, settings):
    assert "Email me a code" in text_of(browser_of().get("/sign-in/"))
    settings.EMAIL_URL = ""
    assert "Email me a code" not in text_of(browser_of().get("/sign-in/"))
    assert browser_of().post("/sign-in/code/", {"email": "x@example.org"}).status_code == 404


def test_app_is_added_and_then_asked_for_whatever_way_one_comes(browser_of, ada):
    secret, codes = add_app(browser_of, ada)
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept  # sealed
    ada.set_password("correct horse battery")
    ada.save()
    for number, come in enumerate(
        (
            lambda one: one.post(f"/sign-in/{make_sign_in_link(user=ada, now=timezone.now())}/"),
            lambda one: one.post(
                "/sign-in/", {"username": ada.username, "password": "correct horse battery"}
            ),
        )
    ):
        browser = browser_of()
        assert come(browser)["Location"] == FACTOR
        assert not is_signed_in(browser)
        assert browser.get(ACCOUNT).status_code == 302
        assert "Incorrect code" in text_of(browser.post(FACTOR, {"code": "000000"}))
        assert browser.post(FACTOR, {"code": codes[number]}).status_code == 302
        assert is_signed_in(browser)
        again = browser_of()
        come(again)
        again.post(FACTOR, {"code": codes[number]})  # a recovery code works once
        assert not is_signed_in(again)


def test_code_of_the_app_is_taken_once(browser_of, ada):
    secret, _codes = add_app(browser_of, ada)
    first, second = browser_of(), browser_of()
    with time_machine.travel(later(minutes=5)):
        code = pyotp.TOTP(secret).now()
        for browser in (first, second):
            browser.post(f"/sign-in/{make_sign_in_link(user=ada, now=timezone.now())}/")
            browser.post(FACTOR, {"code": code})
    assert is_signed_in(first)
    assert not is_signed_in(second)


def test_wrong_factors_of_an_account_come_to_an_end_wherever_they_come_from(browser_of, ada):
    _secret, codes = add_app(browser_of, ada)
    browser = browser_of()
    browser.post(f"/sign-in/{make_sign_in_link(user=ada, now=timezone.now())}/")
    answers = [browser.post(FACTOR, {"code": "000000"}).status_code for _ in range(31)]
    assert (answers[0], answers[-1]) == (200, 429)
    assert browser.post(FACTOR, {"code": codes[0]}).status_code == 429
    assert not is_signed_in(browser)


def test_changing_factors_needs_a_fresh_sign_in(browser_of, ada):
    browser = browser_of()
    browser.post(f"/sign-in/{make_sign_in_link(user=ada, now=timezone.now())}/")
    assert browser.get("/sign-in/account/app/").status_code == 200
    with time_machine.travel(later(minutes=6)):
        for path in ("app/", "keys/add/"):
            answer = browser.get(f"/sign-in/account/{path}")
            assert answer["Location"].startswith("/sign-in/again/?next=")
    page = browser.get(answer["Location"])
    assert 'value="/sign-in/account/keys/add/"' in page.content.decode()
    answer = browser.post("/sign-in/again/", {"next": "/sign-in/account/keys/add/"})
    assert answer["Location"] == "/sign-in/?next=%2Fsign-in%2Faccount%2Fkeys%2Fadd%2F"
    assert not is_signed_in(browser)
    outside = browser_of(user=ada).post("/sign-in/again/", {"next": "https://evil.example/"})
    assert "evil" not in outside["Location"]


# --- where one is signed in


def test_sign_ins_are_listed_and_ended_with_their_sockets(browser_of, ada):
    here, phone, old = (browser_of(user=ada) for _ in range(3))
    other = browser_of(user=make_user("Somebody Else"))
    keys = {name: one.cookies["sessionid"].value for name, one in (("phone", phone), ("old", old))}
    page = text_of(here.get(ACCOUNT))
    assert page.count("End this sign-in") == 2
    assert page.count("this browser") == 1
    row = SignIn.objects.get(key_hash=hash_key(keys["phone"]))
    assert other.post("/sign-in/account/end/", {"sign_in": row.pk}).status_code == 302
    assert ground_of_cookie(keys["phone"]) is not None  # not theirs to end
    here.post("/sign-in/account/end/", {"sign_in": row.pk})
    assert ground_of_cookie(keys["phone"]) is None
    assert phone.get(ACCOUNT).status_code == 302
    SignIn.objects.filter(user=ada).delete()  # as after an update: not in the list yet
    here.post("/sign-in/account/end/")
    assert ground_of_cookie(keys["old"]) is None
    assert here.get(ACCOUNT).status_code == 200
    assert other.get(ACCOUNT).status_code == 200
    assert AuditEntry.objects.filter(kind="sign_in.ended", actor=ada.pk).count() == 2


def test_sign_in_ends_when_nobody_uses_it(browser_of, ada, settings):
    browser = browser_of(user=ada)
    key = browser.cookies["sessionid"].value

    def last_used(minutes):
        store = SessionStore(key)
        store[SEEN_AT] = (timezone.now() - timedelta(minutes=minutes)).timestamp()
        store.save()

    last_used(settings.SIGN_IN_IDLE_MINUTES - 1)
    assert browser.get(ACCOUNT).status_code == 200
    assert timezone.now().timestamp() - SessionStore(key)[SEEN_AT] < 60
    store = SessionStore(key)
    store[BEGAN_AT] = (timezone.now() - timedelta(days=15)).timestamp()
    store.save()
    assert ground_of_cookie(key) is None  # however much it was used
    store[BEGAN_AT] = timezone.now().timestamp()
    store.save()
    assert ground_of_cookie(key) is not None
    last_used(settings.SIGN_IN_IDLE_MINUTES + 1)
    assert ground_of_cookie(key) is None  # of an open socket
    assert browser.get(ACCOUNT).status_code == 302
    assert not SessionStore().exists(key)


# --- REQUIRE_MFA


def test_organiser_without_a_factor_has_no_rights_where_one_is_required(browser_of, settings, caplog):
    event = make_event()
    session, organiser = make_session(event), make_organiser(event)
    moderator = make_moderator(session)
    browser, caller = browser_of(user=organiser), caller_of_user(organiser)
    control = f"/{event.slug}/sessions/{session.slug}/control/"
    assert browser.get(control).status_code == 200
    settings.REQUIRE_MFA = True
    for path in (control, f"/{event.slug}/organise/"):
        page = browser.get(path)
        assert (page.status_code, code_of(page)) == (403, "second_factor_needed")
    assert f'href="{ACCOUNT}"' in text_of(page)
    assert browser.post("/organise/", {"name": "Another"}).status_code == 403
    refused = browser.get(f"/api/v1/events/{event.slug}/export/")
    assert (refused.status_code, refused.json()["code"]) == (403, "second_factor_needed")
    assert f"User {organiser.pk} was refused: GET '{control}'." in caplog.text
    with pytest.raises(DomainError) as refusal:
        check_organises(caller=caller, event_id=event.pk)
    assert refusal.value.code == "second_factor_needed"
    assert browser_of(user=moderator).get(control).status_code == 200  # is no organiser
    assert "Organisers need a second factor here" in text_of(browser.get(ACCOUNT))
    Authenticator.objects.create(user=organiser, type="recovery_codes", data={})
    assert browser.get(control).status_code == 403  # these alone are none
    Authenticator.objects.create(user=organiser, type="totp", data={})
    assert browser.get(control).status_code == 200
    check_organises(caller=caller, event_id=event.pk)


def test_administration_asks_for_the_factor_too_and_has_no_sign_in_of_its_own(browser_of, settings):
    root = make_user("Root")
    root.is_staff = root.is_superuser = True
    root.save()
    browser = browser_of(user=root)
    assert browser.get("/admin/").status_code == 200
    assert browser_of().get("/admin/login/?next=/admin/")["Location"] == "/sign-in/?next=%2Fadmin%2F"
    settings.REQUIRE_MFA = True
    assert browser.get("/admin/").status_code == 302
    assert browser.get("/admin/login/")["Location"] == ACCOUNT


# --- what is there, and what is not


def test_every_page_of_the_account_opens_and_what_is_left_out_has_no_address(browser_of, ada):
    browser = browser_of()
    browser.post(f"/sign-in/{make_sign_in_link(user=ada, now=timezone.now())}/")
    secret_on(browser)
    for name in (
        *("mfa_index", "mfa_activate_totp", "mfa_list_webauthn", "mfa_add_webauthn"),
        *("account_reauthenticate", "account_inactive"),
        *("socialaccount_login_cancelled", "socialaccount_login_error"),
    ):
        page = browser.get(reverse(name))
        assert page.status_code in {200, 401}, name
        assert "<h1>" in page.content.decode(), name
    for name in (
        "account_signup",
        "account_email",
        "account_reset_password",
        "mfa_trust",
        "mfa_reauthenticate",
    ):
        with pytest.raises(NoReverseMatch):
            reverse(name)
    for path in ("/accounts/signup/", "/sign-in/signup/", "/accounts/login/"):
        assert browser.post(path).status_code in {404, 405}


def test_operator_resets_the_factors_of_somebody_who_lost_them(browser_of, ada, capsys, settings):
    _secret, _codes = add_app(browser_of, ada)
    ada.email = "ada@example.org"
    ada.save()
    browser = browser_of(user=ada)
    mailer.wait()
    mail.outbox.clear()
    call_command("reset_second_factor", ada.username)
    assert "2 factors removed" in capsys.readouterr().out
    assert not Authenticator.objects.filter(user=ada).exists()
    assert browser.get(ACCOUNT).status_code == 302
    assert mail.outbox[0].to == ["ada@example.org"]
    assert AuditEntry.objects.get(kind="sign_in.factor_reset").details == {"factors": 2}
    with pytest.raises(CommandError, match="no user"):
        call_command("reset_second_factor", "nobody")


def test_check_mail_says_what_the_server_answered(settings, capsys):
    call_command("check_mail", "ada@example.org")
    assert "took the e-mail" in capsys.readouterr().out
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    with pytest.raises(CommandError, match="ConnectionRefusedError"):
        call_command("check_mail", "ada@example.org")
    settings.EMAIL_URL = ""
    with pytest.raises(CommandError, match="EMAIL_URL"):
        call_command("check_mail", "ada@example.org")


def test_operator_ends_the_sign_ins_of_one_or_of_everybody(browser_of, ada, capsys):
    hers, other = browser_of(user=ada), browser_of(user=make_user("Somebody Else"))
    call_command("end_sign_ins", ada.username)
    assert [hers.get(ACCOUNT).status_code, other.get(ACCOUNT).status_code] == [302, 200]
    call_command("end_sign_ins", "--all")
    assert other.get(ACCOUNT).status_code == 302
    assert capsys.readouterr().out.split() == ["1", "sign-ins", "ended."] * 2
    with pytest.raises(CommandError):
        call_command("end_sign_ins")


def test_demo_is_not_loaded_where_its_organiser_would_have_no_rights(settings):
    settings.REQUIRE_MFA = True
    with pytest.raises(CommandError, match="second factor"):
        call_command("load_demo")


def away(*_arguments, **_more):
    """What a database that was cut off says."""
    raise OperationalError("gone") from psycopg.OperationalError("gone")


def test_page_is_answered_where_the_use_of_a_sign_in_cannot_be_noted(browser_of, ada, settings, monkeypatch):
    browser = browser_of(user=ada)
    key = browser.cookies["sessionid"].value
    store = SessionStore(key)
    store[SEEN_AT] = (timezone.now() - timedelta(minutes=10)).timestamp()
    store.save()
    monkeypatch.setattr("opendev.home.accounts.middleware.note_seen", away)
    assert browser.get(ACCOUNT).status_code == 200
    assert SessionStore(key)[SEEN_AT] == store[SEEN_AT]  # tried again by the next page
    monkeypatch.setattr("opendev.home.accounts.middleware.logout", away)
    store[SEEN_AT] = (timezone.now() - timedelta(minutes=settings.SIGN_IN_IDLE_MINUTES + 1)).timestamp()
    store.save()
    assert browser.get(ACCOUNT).status_code == 302  # nobody's, all the same
