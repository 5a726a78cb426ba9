"""The acts of docs/roles.md about the programme: how each is tried by each door."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from opendev.home.calendars import stars_cookie
from sessions.programme.models import Session
from tests.factories import make_session
from tests.support.doors import PAGE, REST
from tests.support.people import CSRF, Answer, Person, of_page, of_rest

if TYPE_CHECKING:
    from tests.roles.cast import Cast

SCHEDULE = Path(__file__).parent.parent / "sessions" / "schedules" / "files" / "schedule.xml"


def star_by_page(cast: "Cast", who: Person) -> Answer:
    made = who.post(cast.session.get_absolute_url() + "star/", starred="yes")
    token = who.browser.cookies.get(stars_cookie(cast.event.pk), "")
    read = of_page(who.get(f"/{cast.event.slug}/my/{token}.ics"))
    assert made.code == read.code, (made, read)
    return made


def organise(cast: "Cast", path: str = "") -> str:
    return f"/{cast.event.slug}/organise/{path}"


def upcoming(cast: "Cast") -> Session:
    return make_session(cast.event, state="upcoming", minutes=60)


def make_by_page(cast: "Cast", who: Person) -> Answer:
    made = who.post("/organise/", name=f"Made {secrets.token_hex(4)}", time_zone="UTC")
    name = f"Cloned {secrets.token_hex(4)}"
    cloned = who.post(organise(cast, "clone/"), name=name, slug="", first_date="2027-01-01")
    assert made.code == cloned.code, (made, cloned)
    return made


def make_by_rest(cast: "Cast", who: Person) -> Answer:
    made = who.rest("POST", "events/", {"name": f"Made {secrets.token_hex(4)}"})
    given = {"name": f"Cloned {secrets.token_hex(4)}", "first_date": "2027-01-01"}
    cloned = who.rest("POST", f"events/{cast.event.slug}/editions/", given)
    assert made.code == cloned.code, (made, cloned)
    return made


def edit_event_by_rest(cast: "Cast", who: Person) -> Answer:
    path = f"events/{cast.event.slug}/"
    edited = who.rest("PATCH", path, {"name": "An event"})
    free = max(cast.event.days.values_list("date", flat=True)) + timedelta(days=1)
    added = who.rest("POST", f"{path}days/", {"date": free.isoformat()})
    day = cast.event.days.filter(date=free).first() or cast.event.days.get(number=1)
    moved = who.rest("PUT", f"{path}days/{day.number}/", {"date": day.date.isoformat()})
    removed = who.rest("DELETE", f"{path}days/{day.number}/")
    named = who.rest("PUT", f"{path}committee/", {"committee": "Ada Lovelace"})
    shown = who.rest("PATCH", path, {"visibility": "public"})
    answers = (edited, added, moved, removed, named, shown)
    assert len({answer.code for answer in answers}) == 1, answers
    return edited


def edit_event_by_page(cast: "Cast", who: Person) -> Answer:
    seen = of_page(who.get(organise(cast)))
    edited = who.post(organise(cast, "event/"), name="An event", time_zone="UTC")
    free = max(cast.event.days.values_list("date", flat=True)) + timedelta(days=1)
    added = who.post(organise(cast, "days/"), date=free.isoformat())
    day = cast.event.days.filter(date=free).first() or cast.event.days.get(number=1)
    moved = who.post(organise(cast, f"days/{day.pk}/"), date=day.date.isoformat())
    named = who.post(organise(cast, "committee/"), committee="Ada Lovelace")
    shown = who.post(organise(cast, "visibility/"), visibility="public")
    answers = (seen, edited, added, moved, named, shown)
    assert len({answer.code for answer in answers}) == 1, answers
    return edited


def sessions_by_page(cast: "Cast", who: Person) -> Answer:
    day, session = cast.event.days.get(number=1), upcoming(cast)
    given = {"title": "A session", "day": str(day.pk), "time": "09:00", "minutes": "30"}
    here = organise(cast, f"sessions/{session.slug}/")
    role = session.roles.create(
        person=cast.event.people.create(slug=secrets.token_hex(4), name="Host"), role="host"
    )
    resource = session.resources.create(title="A link", url="https://e.org/")
    answers = [
        who.post(organise(cast, "sessions/"), **given),
        who.post(here, **given),
        who.post(organise(cast, f"days/{day.pk}/order/"), order=str(session.pk)),
        *(
            who.post(f"{here}act/", act=act, **fields)
            for act, fields in (
                ("step", {"direction": "up"}),
                ("split", {"split_minutes": "10"}),
                ("add_person", {"name": "Grace Hopper", "role": "host"}),
                ("remove_person", {"role_id": str(role.pk)}),
                ("add_resource", {"resource_title": "L", "resource_kind": "link", "url": "https://e.org/"}),
                ("remove_resource", {"resource": str(resource.pk)}),
                ("cancel", {}),
                ("restore", {}),
            )
        ),
    ]
    assert len({answer.code for answer in answers}) == 1, answers
    return answers[0]


def sessions_by_rest(cast: "Cast", who: Person) -> Answer:
    session, path = upcoming(cast), f"events/{cast.event.slug}/"
    here = f"sessions/{session.pk}/"
    role = session.roles.create(
        person=cast.event.people.create(slug=secrets.token_hex(4), name="Host"), role="host"
    )
    resource = session.resources.create(title="A link", url="https://e.org/")
    answers = [
        who.rest(method, address, body)
        for method, address, body in (
            ("POST", f"{path}sessions/", {"title": "A session", "day": 1, "time": "09:00", "minutes": 30}),
            ("PATCH", here, {"title": "Renamed"}),
            ("PUT", f"{path}days/1/order/", {"order": [str(session.pk)]}),
            ("POST", f"{here}parts/", {"minutes": 10}),
            ("POST", f"{here}stage/", {"name": "Grace Hopper", "role": "host"}),
            ("DELETE", f"{here}stage/{role.pk}/", None),
            ("POST", f"{here}resources/", {"title": "L", "kind": "link", "url": "https://e.org/"}),
            ("DELETE", f"{here}resources/{resource.pk}/", None),
            ("PUT", f"{here}cancellation/", {"cancelled": True}),
            ("PUT", f"{here}cancellation/", {"cancelled": False}),
        )
    ]
    assert len({answer.code for answer in answers}) == 1, answers
    return answers[0]


def star_by_rest(cast: "Cast", who: Person) -> Answer:
    made = who.rest("PUT", f"sessions/{cast.session.pk}/star/", {"starred": True})
    read = who.rest("GET", f"events/{cast.event.slug}/my/{made.body.get('list', '')}/")
    assert made.code == read.code, (made, read)
    return made


def import_by_page(cast: "Cast", who: Person) -> Answer:
    files = {"file": ("schedule.xml", SCHEDULE.read_bytes(), "application/xml")}
    tried = of_page(who.browser.post(organise(cast, "schedule/"), files=files, headers={"X-CSRFToken": CSRF}))
    upload = cast.event.schedule_uploads.last()
    taken = who.post(organise(cast, "schedule/take/"), upload=str(upload.pk if upload else 1))
    assert tried.code == taken.code, (tried, taken)
    return tried


def import_by_rest(cast: "Cast", who: Person) -> Answer:
    headers = {"Content-Type": "application/xml"} | (
        {"Authorization": f"Bearer {who.token}"} if who.token else {}
    )
    said = [
        of_rest(
            who.program.post(
                f"events/{cast.event.slug}/schedules/?apply={apply}",
                content=SCHEDULE.read_bytes(),
                headers=headers,
            )
        )
        for apply in ("no", "yes")
    ]
    assert said[0].code == said[1].code, said
    return said[0]


def export_by_page(cast: "Cast", who: Person) -> Answer:
    paths = ("schedule.json", "schedule.xml", "days/1.ics", f"sessions/{cast.session.slug}.ics")
    answers = [of_page(who.get(f"/{cast.event.slug}/{path}")) for path in paths]
    answers.append(of_page(who.get(f"/{cast.event.slug}.ics")))
    assert len({answer.code for answer in answers}) == 1, answers
    return answers[0]


def export_by_rest(cast: "Cast", who: Person) -> Answer:
    return who.rest("GET", f"events/{cast.event.slug}/schedules/json/")


ACTS: dict[str, dict[str, list[Callable[..., Answer]]]] = {
    "Star sessions, and have them as a calendar": {PAGE: [star_by_page], REST: [star_by_rest]},
    "Create an event, and the next edition of one": {PAGE: [make_by_page], REST: [make_by_rest]},
    "Edit an event, its days and its committee, and set who can see it": {
        PAGE: [edit_event_by_page],
        REST: [edit_event_by_rest],
    },
    "Add, edit, order, split and cancel sessions; name hosts and presenters; keep resources": {
        PAGE: [sessions_by_page],
        REST: [sessions_by_rest],
    },
    "Import a schedule": {PAGE: [import_by_page], REST: [import_by_rest]},
    "Export the schedule, and load calendars": {PAGE: [export_by_page], REST: [export_by_rest]},
}
