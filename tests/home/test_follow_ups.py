"""Pages of follow-ups: a line's permanent address, all of an event, groups, and the export."""

import csv
import io

import pytest
from django.utils import timezone

from opendev.core.attendance import pass_cookie_name, read_pass
from opendev.core.text import csv_cell
from sessions.follow_ups.models import FollowUpGroup, SignUp
from sessions.follow_ups.services.pad_names import record_pad_name
from sessions.follow_ups.services.sign_ups import consent_words, default_contact_until
from sessions.programme.models import Session
from tests.factories import (
    NOW,
    make_attendee,
    make_event,
    make_line,
    make_moderator,
    make_session,
    make_suggestion,
    put_name,
    support,
)
from tests.factories.sessions import make_user, organiser_of
from tests.support.pages import squeezed

pytestmark = pytest.mark.django_db

ADDRESS = {"email": "ada@example.org", "consent": True}


@pytest.fixture
def session():
    return make_session()


@pytest.fixture
def line(session):
    return make_line(session, announced_line=98)


def sign_up(client, line, **said):
    return client.post(f"{line.get_absolute_url()}sign-up/", said)


def take_back(client, line, **said):
    return client.post(f"{line.get_absolute_url()}withdraw/", said)


def page_of(line):
    return f"/{line.session.event.slug}/follow-ups/"


def organiser_in(browser_of, event):
    organiser_of(event)
    return browser_of(user=event.organisers.first())


# --- one line


def test_permanent_address_shows_the_line_its_number_and_listed_names(client, line):
    put_name(line, make_attendee(line.session, name="Ada", company="Engines"))
    put_name(line, make_attendee(line.session, name="Hidden Hanna"), shown=False, **ADDRESS)
    record_pad_name(line_id=line.pk, name="J. Garbutt", now=NOW)
    text = client.get(f"/f/{line.code}/").content.decode()
    for words in (line.title, "98", "Ada", "Engines", "J. Garbutt", "from the pad", "1 more", 'class="qr"'):
        assert words in text
    assert "Hanna" not in text
    assert "example.org" not in text
    assert client.get("/f/cccccc2/").status_code == 404


def test_stranger_signs_up_by_the_form_and_has_joined_by_it(client, line):
    until = default_contact_until(NOW)
    answer = sign_up(client, line, name="Ada", company="Engines", shown="yes")
    assert (answer.status_code, answer["Location"]) == (302, line.get_absolute_url())
    made = SignUp.objects.get()
    kept = read_pass(client.cookies[pass_cookie_name(line.session.event_id)].value)
    assert (made.attendee_id, made.shown, made.email) == (kept.attendee_id, True, "")
    said = {"name": "Ada", "email": "ada@example.org", "consent": "yes", "shown": "no"}
    sign_up(client, line, **said)
    made.refresh_from_db()
    assert (made.shown, made.email, made.consent) == (
        False,
        "ada@example.org",
        consent_words(line.title, made.contact_until),
    )
    assert made.contact_until > until
    assert (
        "only its owner and the moderators see your name"
        in client.get(line.get_absolute_url()).content.decode()
    )


def test_consent_is_asked_in_the_words_that_are_kept(client, line):
    text = client.get(line.get_absolute_url()).content.decode()
    until = text.partition('name="contact_until" value="')[2].partition('"')[0]
    sign_up(client, line, name="Ada", shown="yes", email="a@example.org", consent="yes", contact_until=until)
    assert SignUp.objects.get().consent in text
    assert SignUp.objects.get().contact_until.isoformat() == until


def test_one_tap_asks_for_the_name_once_and_then_never_again(client, line):
    other = make_line(line.session, "Workload separation")
    asked = sign_up(client, line, back="room")
    assert asked["Location"] == f"{line.get_absolute_url()}?back=room#sign-up"
    assert not SignUp.objects.exists()
    sign_up(client, line, name="Ada", shown="yes", back="room")
    done = sign_up(client, other, back="room")
    assert done["Location"] == f"{line.session.get_absolute_url()}?tab=follow-ups#line-{other.pk}"
    assert list(SignUp.objects.values_list("name", "shown")) == [("Ada", True)] * 2
    take_back(client, line)
    assert [name.is_present for name in SignUp.objects.order_by("line")] == [False, True]


@pytest.mark.parametrize(
    ("code", "status", "field", "said"),
    [
        ("name_needed", 400, "name", {"name": " ", "shown": "yes"}),
        ("malformed", 400, "name", {"name": "x" * 121, "shown": "yes"}),
        ("malformed", 400, "email", {"name": "Ada", "email": "ada", "consent": "yes", "shown": "yes"}),
        ("malformed", 400, "consent", {"name": "Ada", "email": "ada@example.org", "shown": "yes"}),
        (
            "malformed",
            400,
            "contact_until",
            {"name": "Ada", "email": "a@b.org", "consent": "yes", "contact_until": "soon", "shown": "yes"},
        ),
    ],
)
def test_refused_form_keeps_what_was_typed_and_writes_nothing(client, line, code, status, field, said):
    answer = sign_up(client, line, company="Typed Company", **said)
    text = squeezed(answer.content.decode())
    assert answer.status_code == status
    assert f'data-error-of="{field}" data-code="{code}">' in text
    assert "Typed Company" in text
    assert said.get("email", "") in text
    assert not SignUp.objects.exists()
    assert not line.session.attendances.exists()


def test_closed_line_and_a_session_that_is_over(client, line):
    Session.objects.filter(pk=line.session_id).update(state="over", ended_at=NOW)
    assert sign_up(client, line, name="Late", shown="yes").status_code == 302
    line.state, line.closed_at = "closed", NOW
    line.save()
    answer = sign_up(client, line, shown="yes")
    assert answer.status_code == 409
    assert 'data-code="line_is_closed"' in answer.content.decode()
    take_back(client, line)
    assert not SignUp.objects.get().is_present


def test_withdrawing_without_having_joined_is_refused_and_reading_the_address_leads_on(client, line):
    assert take_back(client, line).status_code == 403
    for act in ("sign-up", "withdraw"):
        answer = client.get(f"{line.get_absolute_url()}{act}/")
        assert answer["Location"] == line.get_absolute_url()


def test_owner_reads_all_names_and_addresses_and_no_one_else_does(browser_of, line):
    owner = make_user("Olive Owner")
    line.owner = line.session.event.people.create(slug="olive", name="Olive Owner", user=owner)
    line.save()
    hanna = make_attendee(line.session, name="Hidden Hanna")
    put_name(line, hanna, shown=False, now=timezone.now(), **ADDRESS)
    neighbour = make_moderator(make_session(line.session.event))
    seen = {
        who: "Hanna" in text and "ada@example.org" in text
        for who, user in [
            ("owner", owner),
            ("neighbour", neighbour),
            ("moderator", make_moderator(line.session)),
        ]
        for text in [browser_of(user=user).get(line.get_absolute_url()).content.decode()]
    }
    assert seen == {"owner": True, "neighbour": False, "moderator": True}


# --- all of an event


def test_follow_ups_page_lists_groups_with_each_member_once(browser_of, line):
    event = line.session.event
    second = make_line(make_session(event), "Network API, part two", announced_line=72)
    single = make_line(line.session, "Workload separation")
    ada = make_attendee(line.session, name="Ada Lovelace")
    for place in (line, second, single):
        put_name(place, ada)
    put_name(second, make_attendee(line.session, name="Ada Lovelace"))
    record_pad_name(line_id=line.pk, name="Kim", now=NOW)
    record_pad_name(line_id=second.pk, name="KIM", now=NOW)
    organiser = organiser_in(browser_of, event)
    answer = organiser.post(
        f"{page_of(line)}groups/", {"title": "Network API", "lines": [line.pk, second.pk]}
    )
    assert answer["Location"] == page_of(line)
    text = browser_of().get(page_of(line)).content.decode()
    parts = text.split("data-follow-up")[1:]
    assert ["Network API" in parts[0], "Workload separation" in parts[1], len(parts)] == [True, True, 2]
    assert parts[0].count("Ada Lovelace") == 2
    assert parts[0].casefold().count("kim") == 1
    assert all(words in parts[0] for words in ("Planned", "line 98", "line 72", second.session.short_title))


def test_group_is_changed_by_organisers_its_status_by_its_owner_and_taken_apart(browser_of, line):
    event = line.session.event
    second, organiser = make_line(line.session, "Two"), organiser_in(browser_of, event)
    organiser.post(f"{page_of(line)}groups/", {"title": "Both", "lines": [line.pk, second.pk]})
    group = FollowUpGroup.objects.get()
    owner = make_user("Olive Owner")
    person = event.people.create(slug="olive", name="Olive Owner", user=owner)
    change = {"title": "One", "owner": person.pk, "status": "planned", "with_lines": "1", "lines": [line.pk]}
    organiser.post(f"{page_of(line)}groups/{group.pk}/", change)
    group.refresh_from_db()
    assert (group.title, group.owner, list(group.lines.all())) == ("One", person, [line])
    by_owner = browser_of(user=owner)
    assert "Change this group" in by_owner.get(page_of(line)).content.decode()
    assert by_owner.post(f"{page_of(line)}groups/{group.pk}/", {"status": "met"}).status_code == 302
    assert by_owner.post(f"{page_of(line)}groups/{group.pk}/", {"title": "Mine"}).status_code == 403
    group.refresh_from_db()
    assert (group.status, group.title) == ("met", "One")
    organiser.post(f"{page_of(line)}groups/{group.pk}/dissolve/")
    assert not FollowUpGroup.objects.exists()
    line.refresh_from_db()
    assert line.group is None


@pytest.mark.parametrize(
    ("status", "change"),
    [
        (400, {"title": " "}),
        (400, {"title": "A", "status": "soon"}),
        (400, {"title": "A", "owner": "999999"}),
        (400, {"title": "A", "with_lines": "1", "lines": ["x"]}),
    ],
)
def test_group_that_cannot_be_is_refused_and_stays(browser_of, line, status, change):
    organiser = organiser_in(browser_of, line.session.event)
    organiser.post(f"{page_of(line)}groups/", {"title": "Both", "lines": [line.pk]})
    group = FollowUpGroup.objects.get()
    answer = organiser.post(f"{page_of(line)}groups/{group.pk}/", change)
    assert (answer.status_code, 'data-code="malformed"' in answer.content.decode()) == (status, True)
    again = FollowUpGroup.objects.get()
    assert (again.title, again.status, list(again.lines.all())) == ("Both", "planned", [line])


def test_group_takes_no_lines_of_another_event_and_is_not_found_there(browser_of, line):
    elsewhere = make_line(make_session())
    organiser = organiser_in(browser_of, line.session.event)
    for lines in ([], [elsewhere.pk]):
        answer = organiser.post(f"{page_of(line)}groups/", {"title": "Both", "lines": lines})
        assert answer.status_code == 400
    organiser.post(f"{page_of(line)}groups/", {"title": "Both", "lines": [line.pk]})
    other = organiser_in(browser_of, elsewhere.session.event)
    address = f"{page_of(elsewhere)}groups/{FollowUpGroup.objects.get().pk}/"
    assert other.post(address, {"title": "Theirs"}).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_follow_ups_pages_ask_the_same_number_of_queries(browser_of, django_assert_num_queries, count):
    event = make_event()
    for number in range(count):
        session = make_session(event)
        line = make_line(session, f"Line {number}")
        for name in range(count):
            put_name(line, make_attendee(session, name=f"Person {number} {name}"))
    visitor, organiser = browser_of(), organiser_in(browser_of, event)
    with django_assert_num_queries(6):  # one of them is the gate's
        assert visitor.get(f"/{event.slug}/follow-ups/").content.count(b"data-follow-up") == count
    with django_assert_num_queries(4):
        visitor.get(f"/{event.slug}/follow-ups/export.csv")
    with django_assert_num_queries(10):
        organiser.get(f"/{event.slug}/follow-ups/")


# --- the export


def exported(client, line):
    answer = client.get(f"{page_of(line)}export.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_export_has_each_member_of_a_group_once_and_what_its_reader_may_know(browser_of, line):
    event = line.session.event
    second = make_line(make_session(event), "Part two")
    ada = make_attendee(line.session, name="Ada", company="Engines")
    put_name(line, ada, now=timezone.now(), **ADDRESS)
    put_name(second, ada)
    put_name(second, make_attendee(line.session, name="Hidden Hanna"), shown=False)
    organiser = organiser_in(browser_of, event)
    organiser.post(f"{page_of(line)}groups/", {"title": "Network API", "lines": [line.pk, second.pk]})
    rows = exported(organiser, line)
    assert [(row["name"], row["listed"], row["e-mail"]) for row in rows] == [
        ("Ada", "yes", "ada@example.org"),
        ("Hidden Hanna", "no", ""),
    ]
    assert (rows[0]["follow-up"], rows[0]["lines"]) == ("Network API", f"{line.title}; Part two")
    neighbour, of_second = make_moderator(make_session(event)), make_moderator(second.session)
    for reader, knows_hanna in (
        (browser_of(), False),
        (browser_of(user=neighbour), False),
        (browser_of(user=of_second), True),
    ):
        seen = exported(reader, line)
        assert seen[0]["name"] == "Ada"
        assert not any(row["e-mail"] for row in seen)
        assert ("Hidden Hanna" in str(seen)) == knows_hanna
    assert exported(browser_of(user=make_moderator(line.session)), line)[0]["e-mail"] == "ada@example.org"


def test_export_neutralises_formulas_in_every_cell(browser_of, line):
    line.title = "=1+1"
    line.save()
    put_name(line, make_attendee(line.session, name="@SUM(A1)", company="+44 20"))
    record_pad_name(line_id=line.pk, name="-2+3", now=NOW)
    rows = exported(browser_of(), line)
    assert [(row["follow-up"], row["name"], row["company"]) for row in rows] == [
        ("'=1+1", "'@SUM(A1)", "'+44 20"),
        ("'=1+1", "'-2+3", ""),
    ]


@pytest.mark.parametrize(
    ("text", "cell"), [("a=b", "a=b"), ("", ""), (" =x", "' =x"), ("＝x", "'＝x"), ("\t@x", "'\t@x")]
)
def test_cell_is_quoted_where_it_would_be_a_formula(text, cell):
    assert csv_cell(text) == cell


def test_page_lists_what_was_supported_and_not_opened(client, session):
    path = f"/{session.event.slug}/follow-ups/"
    people = [make_attendee(session) for _ in range(2)]
    for title, count in (("Few", 1), ("Many", 2), ("Unsupported", 0)):
        suggestion = make_suggestion(session, title)
        for attendee in people[:count]:
            support(suggestion, attendee)
    make_suggestion(session, "Dismissed", state="dismissed")
    text = squeezed(client.get(path).content.decode())
    assert text.index("Many") < text.index("Few")
    assert "2 supporters" in text
    assert "Unsupported" not in text
    assert "Dismissed" not in text
    assert session.get_absolute_url() in text
