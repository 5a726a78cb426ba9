"""`manage.py recount`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from polls.services import recount_polls


class Command(BaseCommand):
    help = "Proves every kept tally against the ballots themselves."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--fix", action="store_true", help="write the true counts where a tally is wrong")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each difference; fail if there is one that was not fixed."""
        checked, wrong = recount_polls(fix=options["fix"])
        for difference in wrong:
            self.stderr.write(str(difference))
        if wrong and not options["fix"]:
            raise CommandError(f"{len(wrong)} of {checked} tallies are wrong.")
        self.stdout.write(f"{checked} tallies checked, {len(wrong)} mended.")
