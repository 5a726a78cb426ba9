"""`manage.py retain`."""

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from opendev.core.errors import NotFound
from opendev.erasure.retention import Counts, events_with_rules, plan_of, retain_all
from sessions.programme.models import Event
from sessions.programme.selectors import event_by_slug


class Command(BaseCommand):
    help = (
        "Deletes people's data that events keep no longer, as the server does by itself every minute. "
        "With --dry-run it says what goes when, and changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--event", default="", help="only the event with this address")
        parser.add_argument("--dry-run", action="store_true", help="say what goes when, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what will be deleted when, or delete what is due."""
        try:
            ids = [event_by_slug(options["event"]).pk] if options["event"] else events_with_rules()
        except NotFound as error:
            raise CommandError(f"There is no event {options['event']!r}.") from error
        if not ids:
            self.stdout.write("No event has a rule: everything is kept.")
        for event in Event.objects.filter(pk__in=ids).order_by("pk"):
            if options["dry_run"]:
                self._say_plan(event)
            else:
                self._retain(event)

    def _say_plan(self, event: Event) -> None:
        plan = plan_of(event, timezone.now())
        live = ", which waits: a session is live" if plan.is_live else ""
        self.stdout.write(f"{event.slug}, last day {plan.last_day or 'unknown'}{live}")
        for deadline, counts in plan.lines:
            when = "kept" if deadline.days is None else f"on {deadline.goes_on or 'no date yet'}"
            self.stdout.write(f"  {deadline.data}: {when}, {_in_words(counts)}")

    def _retain(self, event: Event) -> None:
        gone: dict[str, Counter[str]] = {}
        for batch in retain_all(event.pk, timezone.now()):
            for data, counts in batch.items():
                gone.setdefault(data, Counter()).update(counts)
        for data, totals in gone.items():
            self.stdout.write(f"{event.slug}, {data}: {_in_words(dict(totals))} deleted")
        if not gone:
            self.stdout.write(f"{event.slug}: nothing is due")


def _in_words(counts: Counts) -> str:
    return (
        ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in counts.items() if number)
        or "no rows"
    )
