"""`manage.py audit_log`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from opendev.core.errors import NotFound
from opendev.home.organise.audit import lines
from sessions.audit.selectors import all_entries
from sessions.audit.services import forget_old_entries
from sessions.programme.selectors import event_by_slug


class Command(BaseCommand):
    help = "Prints the audit log, oldest entry first, as one JSON object a line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--event", default="", help="only entries of the event with this address")
        parser.add_argument(
            "--forget-old",
            action="store_true",
            help="delete what is older than AUDIT_DAYS, and print how much",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the entries, or delete old ones."""
        if options["forget_old"]:
            self.stdout.write(f"{forget_old_entries(timezone.now())} entries deleted.")
            return
        try:
            event_id = event_by_slug(options["event"]).pk if options["event"] else None
        except NotFound as error:
            raise CommandError(f"There is no event {options['event']!r}.") from error
        for line in lines(all_entries(event_id)):
            self.stdout.write(line, ending="")
