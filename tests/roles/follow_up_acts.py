"""The acts of docs/roles.md about follow-ups: how each is tried by each door."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.utils import timezone

from sessions.follow_ups.models import FollowUpGroup, SignUp, SignUpLine
from sessions.follow_ups.services.pad_names import record_pad_name
from tests.factories import NOW, make_attendee, make_line, put_name
from tests.roles import reaction_acts, suggestion_acts
from tests.support.doors import PAGE, REST, SOCKET
from tests.support.people import Answer, Person

if TYPE_CHECKING:
    from tests.roles.cast import Cast

LISTED, HIDDEN, ADDRESS = "Listed Lisa", "Hidden Hanna", "hanna@example.org"


def line_of(cast: "Cast") -> SignUpLine:
    """A line with a listed name, and with one that is not, which came with an address."""
    line = make_line(cast.session)
    put_name(line, make_attendee(cast.session, name=LISTED))
    hidden = make_attendee(cast.session, name=HIDDEN)
    put_name(line, hidden, shown=False, email=ADDRESS, consent=True, now=timezone.now())
    return line


def shows(text: str, *words: str) -> Answer:
    return Answer(200, "" if all(word in text for word in words) else "not_shown")


def lines_by_page(cast: "Cast", who: Person) -> Answer:
    line = line_of(cast)
    texts = [
        who.get(path).text
        for path in (
            f"/{cast.event.slug}/follow-ups/",
            line.get_absolute_url(),
            cast.session.get_absolute_url(),
        )
    ]
    return shows(min(texts, key=lambda text: LISTED in text), line.title, LISTED)


def lines_by_rest(cast: "Cast", who: Person) -> Answer:
    line = line_of(cast)
    listed = who.rest("GET", f"sessions/{cast.session.pk}/sign-up-lines/")
    one = who.rest("GET", f"sign-up-lines/{line.pk}/")
    return listed if listed.code else shows(one.text, LISTED)


def lines_by_socket(cast: "Cast", who: Person) -> Answer:
    line = line_of(cast)
    with who.socket(cast.session.pk) as socket:
        found = next(one for one in socket.snapshot["lines"] if one["id"] == str(line.pk))
    return shows(str(found), LISTED)


def sign_up_by_page(cast: "Cast", who: Person) -> Answer:
    """One tap; whoever has not joined is led to the form that asks for a name, and is not on the line by that."""
    line = line_of(cast)
    said = {"name": "Ada", "shown": "yes"} if who.attendee else {}
    answer = who.post(f"{line.get_absolute_url()}sign-up/", **said)
    taken = who.post(f"{line.get_absolute_url()}withdraw/")
    is_on = line.sign_ups.filter(name="Ada").exists()
    assert is_on == (not taken.code) == bool(who.attendee)
    return answer if is_on or answer.code else Answer(302, "not_joined")


def sign_up_by_rest(cast: "Cast", who: Person) -> Answer:
    path = f"sign-up-lines/{line_of(cast).pk}/sign-ups/"
    answer = who.rest("POST", path, {"name": "Ada"}, token=who.pass_token)
    taken = who.rest("DELETE", f"{path}mine/", token=who.pass_token)
    assert answer.code == taken.code, (answer, taken)
    return answer


def sign_up_by_socket(cast: "Cast", who: Person) -> Answer:
    line = str(line_of(cast).pk)
    answer = who.say(cast.session.pk, "line.sign_up", line=line, name="Ada")
    taken = who.say(cast.session.pk, "line.withdraw", line=line)
    assert answer.code == taken.code, (answer, taken)
    return answer


def names_by_page(cast: "Cast", who: Person) -> Answer:
    line = line_of(cast)
    texts = {
        path: who.get(path).text
        for path in (line.get_absolute_url(), f"/{cast.event.slug}/follow-ups/export.csv")
    }
    seen = {HIDDEN in text and ADDRESS in text for text in texts.values()}
    assert len(seen) == 1, texts
    return Answer(200, "" if seen == {True} else "not_shown")


def names_by_rest(cast: "Cast", who: Person) -> Answer:
    answer = who.rest("GET", f"sign-up-lines/{line_of(cast).pk}/sign-ups/")
    return answer if answer.code else shows(answer.text, HIDDEN, ADDRESS)


def open_by_page(cast: "Cast", who: Person) -> Answer:
    made = who.post(cast.session.address("control-line-add"), title="A new line")
    line = line_of(cast).pk
    edited = who.post(cast.session.address("control-line-edit", line=line), title="Another title")
    closed = who.post(cast.session.address("control-line-state", line=line), state="closed")
    assert made.code == edited.code == closed.code, (made, edited, closed)
    return made


def open_by_rest(cast: "Cast", who: Person) -> Answer:
    made = who.rest("POST", f"sessions/{cast.session.pk}/sign-up-lines/", {"title": "A new line"})
    edited = who.rest("PATCH", f"sign-up-lines/{line_of(cast).pk}/", {"state": "closed"})
    assert made.code == edited.code, (made, edited)
    return made


def name_acts(*acts: str) -> Callable[["Cast", Person], Answer]:
    """Acts of the page on which a moderator sees all names, one after the other on the same name."""

    def attempt(cast: "Cast", who: Person) -> Answer:
        line = line_of(cast)
        name = record_pad_name(line_id=line.pk, name="J. Garbutt", now=NOW)
        attendee = make_attendee(cast.session, name="John Garbutt").attendee_id
        address = cast.session.address("control-line-name", line=line.pk)
        said = [who.post(address, act=act, name=str(name.pk), attendee=str(attendee)) for act in acts]
        assert len({answer.code for answer in said}) == 1, said
        return said[0]

    return attempt


def remove_by_rest(cast: "Cast", who: Person) -> Answer:
    line = line_of(cast)
    name = SignUp.objects.filter(line=line).earliest("pk")
    path = f"sign-up-lines/{line.pk}/sign-ups/{name.pk}/"
    removed, restored = (who.rest("PUT", path, {"removed": removed}) for removed in (True, False))
    assert removed.code == restored.code, (removed, restored)
    return removed


def make_group_of(cast: "Cast") -> FollowUpGroup:
    return FollowUpGroup.objects.create(event=cast.event, title="Of others", created_at=NOW)


def groups_by_page(cast: "Cast", who: Person) -> Answer:
    line, path = str(line_of(cast).pk), f"/{cast.event.slug}/follow-ups/groups/"
    made = who.post(path, title="Networking", lines=line)
    group = cast.event.follow_up_groups.first() or make_group_of(cast)
    edited = who.post(f"{path}{group.pk}/", title="Networking", status="met")
    dissolved = who.post(f"{path}{group.pk}/dissolve/")
    assert cast.event.follow_up_groups.filter(pk=group.pk).exists() == bool(dissolved.code)
    assert made.code == edited.code == dissolved.code, (made, edited, dissolved)
    return made


ACTS: dict[str, dict[str, list[Callable[..., Answer]]]] = {
    **suggestion_acts.ACTS,
    **reaction_acts.ACTS,
    "See sign-up lines, and the names that are listed": {
        PAGE: [lines_by_page],
        REST: [lines_by_rest],
        SOCKET: [lines_by_socket],
    },
    "Sign up on a line, and withdraw": {
        PAGE: [sign_up_by_page],
        REST: [sign_up_by_rest],
        SOCKET: [sign_up_by_socket],
    },
    "See all names under a line, and addresses given to its owner": {
        PAGE: [names_by_page],
        REST: [names_by_rest],
    },
    "Open, edit and close a sign-up line": {PAGE: [open_by_page], REST: [open_by_rest]},
    "Remove a name, and put it back": {PAGE: [name_acts("remove", "restore")], REST: [remove_by_rest]},
    "Assign a name from the pad to an attendee": {PAGE: [name_acts("join", "part")]},
    "Merge lines into follow-up groups": {PAGE: [groups_by_page]},
}
