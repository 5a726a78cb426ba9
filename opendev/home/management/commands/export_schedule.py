"""`manage.py export_schedule <event>`."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from opendev.core.errors import NotFound
from sessions.programme import selectors
from sessions.schedules.formats import FORMATS
from sessions.schedules.selectors import schedule_of


class Command(BaseCommand):
    help = "Prints an event's programme as frab and pretalx write it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("event", help="the event's address")
        parser.add_argument("--format", choices=list(FORMATS), default="json", help="default: json")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the file."""
        try:
            event = selectors.event_by_slug(options["event"])
        except NotFound as refusal:
            raise CommandError(f"There is no event {options['event']!r}.") from refusal
        written = FORMATS[options["format"]].write(schedule_of(event, base_url=settings.PUBLIC_URL))
        self.stdout.write(written.decode())
