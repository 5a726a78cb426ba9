"""REST: sign-up lines, and the names under them."""

import pytest

from sessions.programme.models import Session
from tests.factories import make_attendee, make_line, make_moderator, make_session, put_name
from tests.factories.sessions import make_user
from tests.support.people import Answer

ADDRESS = {"email": "ada@example.org", "consent": True, "contact_until": "2020-07-01"}


def malformed(field):
    return Answer(400, "malformed", frozenset({field}))


@pytest.fixture
def session():
    return make_session()


@pytest.fixture
def moderator(person, session):
    return person(user=make_moderator(session))


def test_line_is_opened_changed_closed_and_opened_again(moderator, session):
    made = moderator.rest("POST", f"sessions/{session.pk}/sign-up-lines/", {"title": " Networking  API "})
    assert (made.status, made.body["title"], made.body["state"]) == (200, "Networking API", "open")
    path = f"sign-up-lines/{made.body['id']}/"
    owner = session.event.people.get()
    change = {"title": "Network API", "summary": "Which?", "announced_line": 98, "owner": str(owner.pk)}
    changed = moderator.rest("PATCH", path, change).body
    assert {field: changed[field] for field in ("title", "summary", "announced_line")} == {
        field: change[field] for field in ("title", "summary", "announced_line")
    }
    assert (changed["owner"]["name"], changed["version"]) == (owner.name, 2)
    assert moderator.rest("PATCH", path, change).body["version"] == 2
    assert moderator.rest("PATCH", path, {"state": "closed", "owner": None}).body["state"] == "closed"
    assert moderator.rest("PATCH", path, {"state": "open"}).body["owner"] is None
    listed = moderator.rest("GET", f"sessions/{session.pk}/sign-up-lines/").body["results"]
    assert [line["id"] for line in listed] == [made.body["id"]]


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("title", {"title": " "}),
        ("title", {"title": "x" * 121}),
        ("title", {"title": None}),
        ("summary", {"title": "A", "summary": "x" * 201}),
        ("announced_line", {"title": "A", "announced_line": 0}),
        ("announced_line", {"title": "A", "announced_line": "98"}),
        ("announced_line", {"title": "A", "announced_line": True}),
        ("owner", {"title": "A", "owner": "999999"}),
        ("owner", {"title": "A", "owner": 7}),
        ("state", {"title": "A", "state": "done"}),
    ],
)
def test_line_that_cannot_be_is_refused_by_field(moderator, session, field, given):
    line = make_line(session)
    assert moderator.rest("POST", f"sessions/{session.pk}/sign-up-lines/", given) == malformed(field)
    assert moderator.rest("PATCH", f"sign-up-lines/{line.pk}/", given) == malformed(field)
    assert list(session.sign_up_lines.values_list("title", "version")) == [(line.title, 1)]


def test_sign_up_is_made_twice_as_once_and_withdrawn(person, session):
    line = make_line(session)
    ada, path = person(attendee=make_attendee(session)), f"sign-up-lines/{line.pk}/sign-ups/"
    assert ada.rest("POST", path, {}) == Answer(400, "name_needed", frozenset({"name"}))
    made = ada.rest("POST", path, {"name": "Ada", "company": "Engines", "shown": True, "email": ""})
    assert (made.status, made.body["signed_up"], made.body["name"]) == (200, True, "Ada")
    assert ada.rest("POST", path, {}).body == made.body
    seen = person().rest("GET", f"sign-up-lines/{line.pk}/").body
    assert seen["names"] == [{"name": "Ada", "company": "Engines", "source": "app"}]
    assert (seen["count"], seen["mine"]) == (1, {"signed_up": False, "removed": False})
    assert ada.rest("DELETE", f"{path}mine/").body == {"signed_up": False, "removed": False}
    assert person().rest("GET", f"sign-up-lines/{line.pk}/").body["count"] == 0


def test_sign_up_refusals(person, session):
    line, stranger = make_line(session), person()
    path = f"sign-up-lines/{line.pk}/sign-ups/"
    ada = person(attendee=make_attendee(session, name="Ada"))
    foreigner = person(attendee=make_attendee(make_session(), name="Eve"))
    assert stranger.rest("POST", path, {}) == Answer(401, "not_joined")
    assert foreigner.rest("POST", path, {}) == Answer(403, "not_joined")
    assert ada.rest("DELETE", f"{path}mine/") == Answer(409, "no_sign_up")
    assert ada.rest("POST", path, {"email": "ada@example.org"}) == malformed("consent")
    assert ada.rest("POST", path, {"email": "ada", "consent": True}) == malformed("email")
    assert ada.rest("POST", path, {"shown": "yes"}) == malformed("shown")
    assert ada.rest("POST", "sign-up-lines/999999/sign-ups/", {}) == Answer(404, "not_found")
    assert not line.sign_ups.exists()


def test_session_that_is_over_is_joined_only_to_sign_up_on_an_open_line(person, session, moderator):
    Session.objects.filter(pk=session.pk).update(state="over", ended_at=session.starts_at)
    late, path = person(), f"sessions/{session.pk}/attendees/"
    assert late.rest("POST", path, {"name": "Late"}) == Answer(409, "session_is_over")
    line = make_line(session)
    joined = late.rest("POST", path, {"name": "Late"})
    token = joined.body["token"]
    assert late.rest("POST", f"sign-up-lines/{line.pk}/sign-ups/", {}, token=token).body["signed_up"]
    assert not session.attendances.exists()


def test_names_and_addresses_are_for_the_owner_and_moderators(person, session, moderator):
    line = make_line(session)
    put_name(line, make_attendee(session, name="Ada"), shown=False, email="ada@example.org", consent=True)
    owner_user = make_user("Olive Owner")
    owner_row = session.event.people.create(slug="olive", name="Olive Owner", user=owner_user)
    owner, neighbour = person(user=owner_user), person(user=make_moderator(make_session(session.event)))
    path = f"sign-up-lines/{line.pk}/sign-ups/"
    assert owner.rest("GET", path) == Answer(403, "not_owner")
    moderator.rest("PATCH", f"sign-up-lines/{line.pk}/", {"owner": str(owner_row.pk)})
    for reader in (owner, moderator):
        [name] = reader.rest("GET", path).body["results"]
        assert (name["name"], name["shown"]) == ("Ada", False)
    assert person().rest("GET", path) == Answer(401, "not_signed_in")
    assert person(attendee=make_attendee(session)).rest("GET", path) == Answer(401, "not_signed_in")
    assert neighbour.rest("GET", path) == Answer(403, "not_owner")
    assert owner.rest("PATCH", f"sign-up-lines/{line.pk}/", {"title": "Mine"}) == Answer(403, "not_moderator")


def test_name_is_removed_and_put_back_by_moderators(person, session, moderator):
    line, other = make_line(session), make_line(session, "Other")
    signed_up = put_name(line, make_attendee(session, name="Rude"))
    path = f"sign-up-lines/{line.pk}/sign-ups/{signed_up.pk}/"
    neighbour = person(user=make_moderator(make_session(session.event)))
    assert neighbour.rest("PUT", path, {"removed": True}) == Answer(403, "not_moderator")
    assert moderator.rest("PUT", path, {"removed": "yes"}) == malformed("removed")
    elsewhere = f"sign-up-lines/{other.pk}/sign-ups/{signed_up.pk}/"
    assert moderator.rest("PUT", elsewhere, {"removed": True}) == Answer(404, "not_found")
    assert moderator.rest("PUT", path, {"removed": True}).body["removed"] is True
    assert person().rest("GET", f"sign-up-lines/{line.pk}/").body["names"] == []
    assert moderator.rest("PUT", path, {"removed": False}).body["removed"] is False
    assert person().rest("GET", f"sign-up-lines/{line.pk}/").body["count"] == 1


# --- the same by every door


def by_every_door(who, line, *, withdraws=False, **said):
    """The answers of the page, REST and the socket to the same wish."""
    form = {field: {True: "yes", False: "no"}.get(value, value) for field, value in said.items()}
    address, path = line.get_absolute_url(), f"sign-up-lines/{line.pk}/sign-ups/"
    if withdraws:
        return (
            who.post(f"{address}withdraw/"),
            who.rest("DELETE", f"{path}mine/"),
            who.say(line.session_id, "line.withdraw", line=str(line.pk)),
        )
    return (
        who.post(f"{address}sign-up/", **form),
        who.rest("POST", path, said),
        who.say(line.session_id, "line.sign_up", line=str(line.pk), **said),
    )


@pytest.mark.parametrize(
    ("code", "status", "said"),
    [
        ("name_needed", 400, {"shown": True}),
        ("malformed", 400, {"shown": True, "name": "x" * 121}),
        ("malformed", 400, {"shown": True, "name": "Ada", "company": "x" * 121}),
        ("malformed", 400, {"shown": True, "name": "Ada", "email": "ada", "consent": True}),
        ("malformed", 400, {"shown": True, "name": "Ada", "email": "ada@example.org", "consent": False}),
        ("malformed", 400, {"shown": True, "name": "Ada", **ADDRESS, "contact_until": "1999-01-01"}),
        ("no_sign_up", 409, {"withdraws": True}),
    ],
)
def test_refusal_has_one_code_by_page_rest_and_socket(person, session, code, status, said):
    line, nameless = make_line(session), person(attendee=make_attendee(session))
    page, rest, socket = by_every_door(nameless, line, **said)
    assert [answer.code for answer in (page, rest, socket)] == [code] * 3
    assert (page.status, rest.status) == (status, status)
    assert rest.fields == socket.fields
    assert not line.sign_ups.exists()


@pytest.mark.parametrize("code", ["line_is_closed", "name_was_removed"])
def test_line_that_takes_no_name_says_so_by_page_rest_and_socket(person, session, moderator, code):
    line, attendee = make_line(session), make_attendee(session, name="Ada")
    if code == "line_is_closed":
        moderator.rest("PATCH", f"sign-up-lines/{line.pk}/", {"state": "closed"})
    else:
        path = f"sign-up-lines/{line.pk}/sign-ups/{put_name(line, attendee).pk}/"
        moderator.rest("PUT", path, {"removed": True})
    answers = by_every_door(person(attendee=attendee), line, shown=True)
    assert [answer.code for answer in answers] == [code] * 3


def test_same_wish_by_page_rest_and_socket_is_one_sign_up(person, session):
    line, ada = make_line(session), person(attendee=make_attendee(session))
    answers = by_every_door(ada, line, name="Ada", company="Engines", shown=True)
    assert [answer.code for answer in answers] == [""] * 3
    assert list(line.sign_ups.values_list("name", "company", "shown")) == [("Ada", "Engines", True)]
    assert person().rest("GET", f"sign-up-lines/{line.pk}/").body["version"] == 2
    assert [answer.code for answer in by_every_door(ada, line, withdraws=True)] == [""] * 3
    assert person().rest("GET", f"sign-up-lines/{line.pk}/").body["version"] == 3
