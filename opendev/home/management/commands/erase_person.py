"""`manage.py erase_person <attendee id or email address>`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from opendev.core.errors import DomainError
from opendev.core.text import clean_id
from opendev.erasure.services import Erasure, erase_person, find_person


class Command(BaseCommand):
    help = (
        "Erases a person: ballots in named polls, questions, upvotes, sign-ups, attendances, registration. "
        "Without --apply it says what would go, and changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument(
            "who", help="an attendee's id, or an email address: everybody who gave it, in all events"
        )
        parser.add_argument("--apply", "--yes", action="store_true", help="erase; this cannot be taken back")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what is stored about the person, and erase it if asked to."""
        who = options["who"].strip()
        try:
            erasure = (
                find_person(email=who) if "@" in who else find_person(attendee_id=clean_id(who, field="who"))
            )
        except DomainError as error:
            raise CommandError(
                f"There is nobody to erase: {who!r} is no attendee's id and no address."
            ) from error
        if erasure.is_empty:
            raise CommandError(f"There is nobody to erase: nobody gave the address {who!r}.")
        self._say(erasure)
        if not options["apply"]:
            self.stdout.write("Nothing was changed. With --apply all of this is erased for good.")
            return
        erase_person(erasure=erasure, now=timezone.now())
        self.stdout.write("Erased. Backups, and the history of pads, keep what they kept.")

    def _say(self, erasure: Erasure) -> None:
        for attendee in erasure.attendees:
            self.stdout.write(f"Attendee {attendee.pk}, {attendee.event}: {attendee.name or 'no name'}")
        for registration in erasure.registrations:
            self.stdout.write(f"Registration {registration.pk}, {registration.event}: {registration}")
        for name, count in erasure.counts().items():
            self.stdout.write(f"  {count} {name.replace('_', ' ')}")
