"""What the services of the programme need to be tried as somebody: for tests/roles/test_services.py."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sessions.programme.models import Event, Resource, SessionRole
from sessions.programme.services.changes import cancel_session, move_session, restore_session
from sessions.programme.services.cloning import clone_event
from sessions.programme.services.events import add_day, edit_event, move_day, remove_day, set_committee
from sessions.programme.services.resources import add_resource, remove_resource
from sessions.programme.services.sessions import (
    add_to_stage,
    create_session,
    edit_session,
    order_sessions,
    split_session,
    step_session,
    take_off_stage,
)
from sessions.recap.services.next_steps import add_next_step, remove_next_step
from sessions.registrations.models import Registration
from sessions.registrations.services.importing import set_personal_link
from sessions.retention.services import set_retention
from sessions.schedules.formats import read_schedule
from sessions.schedules.models import ScheduleUpload
from sessions.schedules.services.importing import import_schedule, plan_import
from sessions.schedules.services.uploads import take_upload, upload_schedule
from sessions.webhooks.services.keeping import (
    add_webhook,
    edit_webhook,
    remove_webhook,
    replace_secret,
    send_again,
    send_test,
)
from tests.factories import NOW, make_session
from tests.factories.sessions import organiser_of

FILE = (Path(__file__).parent.parent / "sessions" / "schedules" / "files" / "schedule.xml").read_bytes()
FREE = date(2031, 5, 1)
Given = dict[str, Any]
HOOK = {"url": "https://hooks.example.org/", "types": ["poll.closed"]}


class Programme:
    """An event's upcoming session with somebody on stage and a resource, an empty day, and an upload."""

    def __init__(self, event: Event, user_id: int) -> None:
        self.event, self.now = event, NOW
        self.session = make_session(event, state="upcoming", minutes=60)
        self.session.save()
        self.empty = event.days.create(number=40, date=FREE)
        person = event.people.create(slug="on-stage", name="On Stage")
        self.role = SessionRole.objects.create(session=self.session, person=person, role="host", position=1)
        self.resource = Resource.objects.create(
            session=self.session, kind="link", title="L", url="https://e.org/", position=1
        )
        self.registration = Registration.objects.create(
            event=event, email="ada@example.org", registered_at=NOW
        )
        self.step = event.next_steps.create(kind="upcoming", title="PTG")
        self.upload = ScheduleUpload.objects.create(
            event=event, user_id=user_id, name="a.xml", content=FILE, uploaded_at=NOW
        )

        self.webhook, _secret = add_webhook(
            event_id=event.pk, caller=organiser_of(event), fields=HOOK, now=NOW
        )
        self.sent = send_test(**self.of_webhook, caller=organiser_of(event), now=NOW)

    @property
    def of_webhook(self) -> Given:
        return {**self.of_event, "webhook_id": self.webhook.pk}

    @property
    def of_event(self) -> Given:
        return {"event_id": self.event.pk}

    @property
    def of_session(self) -> Given:
        return {"session_id": self.session.pk}

    @property
    def new_session(self) -> Given:
        return {"title": "New", "day": str(self.session.day_id), "time": "09:00", "minutes": "30"}

    @property
    def schedule(self) -> Any:
        return read_schedule(FILE, zone="UTC")


# `create_event` is not among them: see tests/sessions/programme/test_programme.py.
FOR_ORGANISERS = {
    add_webhook: lambda p: {**p.of_event, "fields": HOOK, "now": p.now},
    edit_webhook: lambda p: {**p.of_webhook, "fields": {"on": False}},
    replace_secret: lambda p: {**p.of_webhook, "now": p.now},
    remove_webhook: lambda p: p.of_webhook,
    send_test: lambda p: {**p.of_webhook, "now": p.now},
    send_again: lambda p: {**p.of_webhook, "delivery_id": p.sent.pk, "now": p.now},
    edit_event: lambda p: {**p.of_event, "given": {"name": "Renamed"}},
    set_committee: lambda p: {**p.of_event, "names": "Ada Lovelace"},
    set_retention: lambda p: {**p.of_event, "boxes": {"attendees": 90}, "now": p.now},
    add_day: lambda p: {**p.of_event, "given": {"date": "2031-06-01"}},
    move_day: lambda p: {
        **p.of_event,
        "day_id": p.empty.pk,
        "given": {"date": str(FREE + timedelta(days=1))},
        "now": p.now,
    },
    remove_day: lambda p: {**p.of_event, "day_id": p.empty.pk},
    clone_event: lambda p: {
        **p.of_event,
        "given": {"name": "Next edition", "slug": "", "first_date": "2032-01-01"},
        "now": p.now,
    },
    add_next_step: lambda p: {**p.of_event, "given": {"kind": "upcoming", "title": "Summit"}},
    remove_next_step: lambda p: {**p.of_event, "step_id": p.step.pk},
    set_personal_link: lambda p: {
        **p.of_event,
        "email": p.registration.email,
        "revoked": True,
        "now": p.now,
    },
    create_session: lambda p: {**p.of_event, "given": p.new_session, "now": p.now},
    edit_session: lambda p: {**p.of_session, "given": {"title": "Renamed"}, "now": p.now},
    move_session: lambda p: {
        **p.of_session,
        "starts_at": p.session.starts_at + timedelta(minutes=5),
        "now": p.now,
    },
    step_session: lambda p: {**p.of_session, "direction": "down", "now": p.now},
    split_session: lambda p: {**p.of_session, "given": {"minutes": "20"}, "now": p.now},
    cancel_session: lambda p: {**p.of_session, "now": p.now},
    restore_session: lambda p: {**p.of_session, "now": p.now},
    order_sessions: lambda p: {
        **p.of_event,
        "day_id": p.session.day_id,
        "order": list(p.session.day.sessions.order_by("starts_at").values_list("pk", flat=True)),
        "now": p.now,
    },
    add_to_stage: lambda p: {**p.of_session, "given": {"role": "host", "name": "Ada Lovelace"}},
    take_off_stage: lambda p: {**p.of_session, "role_id": p.role.pk},
    add_resource: lambda p: {
        **p.of_session,
        "given": {"kind": "link", "title": "More", "url": "https://e.org/more"},
    },
    remove_resource: lambda p: {**p.of_session, "resource_id": p.resource.pk},
    plan_import: lambda p: {**p.of_event, "schedule": p.schedule},
    import_schedule: lambda p: {**p.of_event, "schedule": p.schedule, "now": p.now},
    upload_schedule: lambda p: {**p.of_event, "name": "a.xml", "content": FILE, "now": p.now},
    take_upload: lambda p: {
        **p.of_event,
        "upload_id": p.upload.pk,
        "cancel_gone": False,
        "now": p.now,
    },
}
