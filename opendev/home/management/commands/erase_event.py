"""`manage.py erase_event <address>`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from opendev.core.errors import DomainError, NotFound
from opendev.erasure.events import counts_of_event, erase_event
from sessions.programme.selectors import event_by_slug


class Command(BaseCommand):
    help = (
        "Erases an event with everything that belongs to it. "
        "Without --apply it says what would go, and changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("event", help="the event's address, as in its links")
        parser.add_argument("--apply", "--yes", action="store_true", help="erase; this cannot be taken back")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what belongs to the event, and erase it if asked to."""
        slug = options["event"]
        try:
            event = event_by_slug(slug)
            counts = counts_of_event(event.pk)
            if options["apply"]:
                counts = erase_event(event_id=event.pk, caller=None, confirmation=slug)
        except NotFound as error:
            raise CommandError(f"There is no event {slug!r}.") from error
        except DomainError as refusal:
            raise CommandError(str(refusal.message)) from refusal
        self.stdout.write(f"{slug}:")
        for name, count in counts.items():
            self.stdout.write(f"  {count} {name.replace('_', ' ')}")
        if options["apply"]:
            self.stdout.write("Erased. Backups and pads keep what they kept, the audit log until AUDIT_DAYS.")
        else:
            self.stdout.write("Nothing was changed. With --apply all of this is erased for good.")
