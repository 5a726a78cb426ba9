"""The acts of docs/roles.md about recaps, recordings, registrations and exports: how each is tried by each door."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.utils import timezone

from opendev.core.attendance import Caller
from opendev.recap.services import draft_recap, publish_recap
from sessions.recap.models import NextStep
from sessions.recordings.models import Chapter
from sessions.registrations.models import Registration, RegistrationImport
from tests.support.doors import PAGE, REST
from tests.support.people import Answer, Person, of_page

if TYPE_CHECKING:
    from tests.roles.cast import Cast


def publish(cast: "Cast") -> None:
    event_id, caller, now = cast.event.pk, Caller(user_id=cast.users["organiser"].pk), timezone.now()
    draft_recap(event_id=event_id, caller=caller, now=now)
    publish_recap(event_id=event_id, caller=caller, now=now)


def make_step(cast: "Cast") -> NextStep:
    return NextStep.objects.create(event=cast.event, kind="upcoming", title="PTG")


def agree(*answers: Answer) -> Answer:
    assert len({answer.code == "" for answer in answers}) == 1, answers
    return answers[0]


def read_by_page(cast: "Cast", who: Person) -> Answer:
    publish(cast)
    return of_page(who.get(f"/{cast.event.slug}/recap/"))


def read_by_rest(cast: "Cast", who: Person) -> Answer:
    publish(cast)
    return who.rest("GET", f"events/{cast.event.slug}/recap/")


def write_by_page(cast: "Cast", who: Person) -> Answer:
    address = cast.session.address("session-summary")
    return agree(of_page(who.get(address)), who.post(address, opening="So it began."))


def write_by_rest(cast: "Cast", who: Person) -> Answer:
    path = f"sessions/{cast.session.pk}/summary/"
    return agree(who.rest("GET", path), who.rest("PATCH", path, {"opening": "So it began."}))


def keep_by_page(cast: "Cast", who: Person) -> Answer:
    publish(cast)
    address = f"/{cast.event.slug}/recap/"
    seen = [of_page(who.get(address + page)) for page in ("edit/", "preview/", "versions/1/")]
    done = [
        who.post(f"{address}draft/"),
        who.post(f"{address}paragraph/", key="event/title", text="Mine", do="rewrite"),
        who.post(f"{address}steps/", kind="upcoming", title="Summit"),
        who.post(f"{address}steps/remove/", step=str(make_step(cast).pk)),
        who.post(f"{address}publish/"),
        who.post(f"{address}versions/1/publish/"),
        who.post(f"{address}withdraw/"),
    ]
    return agree(*seen, *done)


def keep_by_rest(cast: "Cast", who: Person) -> Answer:
    publish(cast)
    path = f"events/{cast.event.slug}/recap/"
    return agree(
        who.rest("GET", f"{path}draft/"),
        who.rest("POST", f"{path}draft/", {}),
        who.rest("PATCH", f"{path}draft/", {"key": "event/title", "text": "Mine"}),
        who.rest("POST", f"events/{cast.event.slug}/next-steps/", {"kind": "upcoming", "title": "Summit"}),
        who.rest("DELETE", f"events/{cast.event.slug}/next-steps/{make_step(cast).pk}/"),
        who.rest("PUT", f"{path}state/", {"state": "published"}),
        who.rest("PUT", f"{path}state/", {"state": "published", "version": 1}),
        who.rest("PUT", f"{path}state/", {"state": "withdrawn"}),
        who.rest("GET", f"{path}versions/"),
    )


def export_by_page(cast: "Cast", who: Person) -> Answer:
    base, poll = cast.session.get_absolute_url(), cast.poll()
    files = [
        f"{base}export.csv",
        f"{base}export.json?hidden=1&people=1",
        f"{base}polls/{poll.poll_id}/export.md",
    ]
    return agree(*(of_page(who.get(file)) for file in files))


def export_by_rest(cast: "Cast", who: Person) -> Answer:
    paths = [f"sessions/{cast.session.pk}/export/?hidden=1&people=1", f"polls/{cast.poll().poll_id}/export/"]
    return agree(*(who.rest("GET", path) for path in paths))


def export_event_by_page(cast: "Cast", who: Person) -> Answer:
    base = f"/{cast.event.slug}/export"
    return agree(*(of_page(who.get(base + rest)) for rest in ("/", ".csv", ".json?hidden=1&people=1")))


def export_event_by_rest(cast: "Cast", who: Person) -> Answer:
    return who.rest("GET", f"events/{cast.event.slug}/export/?people=1")


def watch_by_page(cast: "Cast", who: Person) -> Answer:
    return of_page(who.get(cast.session.address("recording")))


def watch_by_rest(cast: "Cast", who: Person) -> Answer:
    return who.rest("GET", f"sessions/{cast.session.pk}/recording/")


def own_chapter(cast: "Cast") -> str:
    return f"own-{Chapter.objects.create(session=cast.session, title='Mine', at_s=5).pk}"


def record_by_page(cast: "Cast", who: Person) -> Answer:
    def post(page: str, **fields: str) -> Answer:
        return who.post(f"{cast.session.address('recording')}{page}/", **fields)

    return agree(
        post("set", url="https://example.org/v", offset="1:35"),
        post("chapters", title="A break", after="10:00"),
        post(f"chapters/{own_chapter(cast)}", title="Ours", after="7", do="change"),
    )


def record_by_rest(cast: "Cast", who: Person) -> Answer:
    path = f"sessions/{cast.session.pk}/recording/"
    return agree(
        who.rest("PATCH", path, {"url": "https://example.org/v", "offset": 95}),
        who.rest("POST", f"{path}chapters/", {"title": "A break", "after": 600}),
        who.rest("PATCH", f"{path}chapters/{own_chapter(cast)}/", {"hidden": True}),
    )


LIST = "email,name\nada@example.org,Ada\n"


def figures_by_rest(cast: "Cast", who: Person) -> Answer:
    return who.rest("GET", f"events/{cast.event.slug}/figures/")


def import_by_page(cast: "Cast", who: Person) -> Answer:
    base = f"/{cast.event.slug}/registrations/"
    cut = RegistrationImport.objects.create(event=cast.event, total=2, began_at=timezone.now())
    return agree(
        of_page(who.get(base)),
        who.post(f"{base}figures/", **{"shown-joined": "20+", "source-joined": "The door"}),
        who.post(f"{base}import/{cut.pk}/"),
    )


def import_by_rest(cast: "Cast", who: Person) -> Answer:
    path = f"events/{cast.event.slug}/"
    return agree(
        who.rest("GET", f"{path}registrations/imports/"),
        who.rest("POST", f"{path}registrations/imports/", {"csv": LIST, "bad_rows": "refuse"}),
        who.rest("PUT", f"{path}figures/", {"figure": "joined", "shown": "20+", "source": "The door"}),
    )


def registered(cast: "Cast") -> str:
    found = {"email": "linked@example.org", "registered_at": timezone.now()}
    return Registration.objects.get_or_create(event=cast.event, email=found["email"], defaults=found)[0].email


def link_by_page(cast: "Cast", who: Person) -> Answer:
    address, email = f"/{cast.event.slug}/registrations/links/", registered(cast)
    return agree(*(who.post(address, email=email, do=do) for do in ("revoke", "restore")))


def link_by_rest(cast: "Cast", who: Person) -> Answer:
    path, email = f"events/{cast.event.slug}/registrations/link/", registered(cast)
    return agree(*(who.rest("PUT", path, {"email": email, "revoked": off}) for off in (True, False)))


ACTS: dict[str, dict[str, list[Callable[..., Answer]]]] = {
    "Read the recap once it is published": {PAGE: [read_by_page], REST: [read_by_rest]},
    "Write a session's summary for the recap": {PAGE: [write_by_page], REST: [write_by_rest]},
    "Draft, edit, publish and withdraw the recap": {PAGE: [keep_by_page], REST: [keep_by_rest]},
    "See a recording and its chapters": {PAGE: [watch_by_page], REST: [watch_by_rest]},
    "Set the address of the recording, edit its chapters": {PAGE: [record_by_page], REST: [record_by_rest]},
    "Export polls and a session": {PAGE: [export_by_page], REST: [export_by_rest]},
    "Read an event's figures": {REST: [figures_by_rest]},
    "Import registrations, override figures": {PAGE: [import_by_page], REST: [import_by_rest]},
    "Revoke a personal link, and restore it": {PAGE: [link_by_page], REST: [link_by_rest]},
    "Export a whole event, with its people": {PAGE: [export_event_by_page], REST: [export_event_by_rest]},
}
