"""The acts of docs/roles.md about people's data: how each is tried by each door."""

from typing import TYPE_CHECKING

from sessions.programme.models import Event, SessionRole
from sessions.registrations.models import Registration
from sessions.retention.models import RetentionRule
from tests.factories import NOW, make_attendee, make_event, make_session
from tests.support.doors import PAGE, REST
from tests.support.people import Answer, Person, of_page

if TYPE_CHECKING:
    from tests.roles.cast import Cast


def agree(*answers: Answer) -> Answer:
    assert len({answer.code == "" for answer in answers}) == 1, answers
    return answers[0]


def own_by_page(cast: "Cast", who: Person) -> Answer:
    address = f"/{cast.event.slug}/my-data/"
    seen = who.get(address).text
    file = who.get(f"{address}my-data.json").status_code == 200
    forgot = who.post(f"{address}forget/", sure="yes")
    now = who.get(address).text
    assert file == ("my-data.json" in seen) == ("Nothing leads to you" not in seen), seen
    assert forgot.code or not file or "Nothing leads to you" in now
    return Answer(200, "" if file else "not_joined")


def own_by_rest(cast: "Cast", who: Person) -> Answer:
    path = f"events/{cast.event.slug}/my-data/"
    return agree(*(who.rest(method, path, token=who.pass_token) for method in ("GET", "DELETE")))


def others_by_page(cast: "Cast", who: Person) -> Answer:
    attendee = make_attendee(cast.session, name="Ada Asker").attendee_id
    address = f"/{cast.event.slug}/organise/people/"
    found, file = of_page(who.get(f"{address}?who=Ada")), of_page(who.get(f"{address}{attendee}.json"))
    assert ("Ada Asker" in found.text) == (found.code == "")
    erased = who.post(f"{address}erase/", who="Ada", person=f"attendees:{attendee}", sure="yes")
    return agree(found, file, erased)


def others_by_rest(cast: "Cast", who: Person) -> Answer:
    attendee = make_attendee(cast.session, name="Ada Asker").attendee_id
    invited = Registration.objects.create(
        event=cast.event, email=f"ada{attendee}@example.org", registered_at=NOW
    )
    path = f"events/{cast.event.slug}/people/"
    found, file = who.rest("GET", f"{path}?who=ada"), who.rest("GET", f"{path}{attendee}/")
    body = {"attendees": [str(attendee)], "registrations": [str(invited.pk)]}
    return agree(found, file, who.rest("POST", f"{path}erasures/", body))


def retention_by_page(cast: "Cast", who: Person) -> Answer:
    RetentionRule.objects.filter(event=cast.event).delete()
    address = f"/{cast.event.slug}/organise/retention/"
    seen, tried = of_page(who.get(address)), who.post(address, attendees="90", act="try")
    saved = who.post(address, attendees="90")
    assert RetentionRule.objects.filter(event=cast.event).exists() == (saved.code == "")
    return agree(seen, tried, saved)


def retention_by_rest(cast: "Cast", who: Person) -> Answer:
    RetentionRule.objects.filter(event=cast.event).delete()
    path = f"events/{cast.event.slug}/retention/"
    saved = who.rest("PATCH", path, {"attendees": 90})
    assert RetentionRule.objects.filter(event=cast.event).exists() == (saved.code == "")
    return agree(who.rest("GET", f"{path}?authors=5"), saved)


def event_to_erase(cast: "Cast") -> Event:
    """An event in which everybody has the role that they have in the cast's."""
    event = make_event()
    session = make_session(event, state="over")
    event.organisers.set(cast.event.organisers.all())
    for held in SessionRole.objects.filter(session=cast.session).select_related("person"):
        person = event.people.create(slug=held.person.slug, name=held.person.name, user=held.person.user)
        SessionRole.objects.create(session=session, person=person, role=held.role)
    return event


def erase_event_by_page(cast: "Cast", who: Person) -> Answer:
    event = event_to_erase(cast)
    address = f"/{event.slug}/organise/erase/"
    seen, erased = of_page(who.get(address)), who.post(address, confirm=event.slug)
    assert Event.objects.filter(pk=event.pk).exists() == (erased.code != "")
    return agree(seen, erased)


def erase_event_by_rest(cast: "Cast", who: Person) -> Answer:
    event = event_to_erase(cast)
    path = f"events/{event.slug}/"
    seen, erased = who.rest("GET", f"{path}erasure/"), who.rest("DELETE", f"{path}?confirm={event.slug}")
    assert Event.objects.filter(pk=event.pk).exists() == (erased.code != "")
    return agree(seen, erased)


ACTS = {
    "Read, download and erase your own data": {PAGE: [own_by_page], REST: [own_by_rest]},
    "Set how long people's data is kept, and see what is deleted when": {
        PAGE: [retention_by_page],
        REST: [retention_by_rest],
    },
    "Erase a whole event, and see what would be deleted": {
        PAGE: [erase_event_by_page],
        REST: [erase_event_by_rest],
    },
    "Find somebody's data, download it, and erase it": {PAGE: [others_by_page], REST: [others_by_rest]},
}
