"""`manage.py import_schedule <event> <file>`."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from opendev.core.attendance import Caller
from opendev.core.errors import DomainError
from sessions.programme import selectors
from sessions.programme.models import Event
from sessions.schedules.formats import read_schedule
from sessions.schedules.services.importing import ImportPlan, import_schedule, plan_import


class Command(BaseCommand):
    help = (
        "Takes a schedule.json or schedule.xml over into an event, all of it or nothing. Without --apply it only says"
        " what would change."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("event", help="the event's address")
        parser.add_argument("file", help="the file, or - for what is piped in")
        parser.add_argument("--apply", action="store_true", help="write it")
        parser.add_argument(
            "--cancel-gone", action="store_true", help="cancel sessions that the file names no more"
        )
        parser.add_argument(
            "--as", dest="user", default="", help="the organiser who does it (default: the first)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Import the file, or print what would change."""
        try:
            event = selectors.event_by_slug(options["event"])
            given: dict[str, Any] = {
                "event_id": event.pk,
                "caller": self.caller(event, options["user"]),
                "schedule": read_schedule(self.content(options["file"]), zone=event.time_zone),
                "cancel_gone": options["cancel_gone"],
            }
            plan = import_schedule(now=timezone.now(), **given) if options["apply"] else plan_import(**given)
        except DomainError as refusal:
            lines = [str(refusal.message), *(f"{place}: {what}" for place, what in refusal.fields.items())]
            raise CommandError("\n".join(lines)) from refusal
        self.tell(plan, applied=options["apply"])

    def caller(self, event: Event, username: str) -> Caller:
        """Return the organiser who imports."""
        users = User.objects.filter(username=username) if username else event.organisers.order_by("pk")
        user = users.first()
        if user is None:
            raise CommandError(
                f"There is no user {username!r}." if username else "The event has no organiser."
            )
        return Caller(user_id=user.pk)

    def content(self, name: str) -> bytes:
        """Return the file's content."""
        if name == "-":
            return sys.stdin.buffer.read()
        try:
            return Path(name).read_bytes()
        except OSError as error:
            raise CommandError(f"{name}: {error.strerror}") from error

    def tell(self, plan: ImportPlan, *, applied: bool) -> None:
        """Print one line per session, and the fields that change below it."""
        self.stdout.write(f"Times without an offset were read in {plan.schedule.zone}.")
        if plan.zone:
            self.stdout.write(f"The event’s time zone changes to {plan.zone}.")
        for note in plan.notes:
            self.stdout.write(f"note: {note}")
        for change in plan.of("added", "changed", "cancelled", "gone"):
            self.stdout.write(f"{change.verb}: {change.title}")
            for one in change.differences:
                self.stdout.write(f"    {one.field}: {one.before!r} -> {one.after!r}")
        self.stdout.write(f"{len(plan.of('same'))} unchanged.")
        self.stdout.write("Done." if applied else "Nothing was written; say --apply to do it.")
