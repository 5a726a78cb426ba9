"""Addresses of the organisers' pages, below `/<event>/organise/`."""

from django.urls import path

from opendev.home.organise import audit, events, schedules, sessions, webhooks
from opendev.home.privacy import erasing, people, retention

urlpatterns = [
    path("", events.overview, name="organise"),
    path("event/", events.edit, name="organise-event"),
    path("audit/", audit.page, name="organise-audit"),
    path("audit/entries.jsonl", audit.download, name="organise-audit-download"),
    path("erase/", erasing.page, name="organise-erase"),
    path("clone/", events.clone, name="organise-clone"),
    path("committee/", events.committee, name="organise-committee"),
    path("visibility/", events.visibility, name="organise-visibility"),
    path("days/", events.add_day, name="organise-days"),
    path("days/<str:day>/", events.day, name="organise-day"),
    path("days/<str:day>/order/", events.order, name="organise-order"),
    path("people/", people.page, name="organise-people"),
    path("people/erase/", people.erase, name="organise-people-erase"),
    path("people/<str:number>.json", people.download, name="organise-person-file"),
    path("retention/", retention.page, name="organise-retention"),
    path("schedule/", schedules.schedule, name="organise-schedule"),
    path("schedule/take/", schedules.take, name="organise-schedule-take"),
    path("webhooks/", webhooks.page, name="organise-webhooks"),
    path("webhooks/<str:webhook>/", webhooks.one, name="organise-webhook"),
    path("webhooks/<str:webhook>/act/", webhooks.act, name="organise-webhook-act"),
    path("sessions/", sessions.create, name="organise-session-new"),
    path("sessions/<slug:session>/", sessions.edit, name="organise-session"),
    path("sessions/<slug:session>/act/", sessions.act, name="organise-session-act"),
]
