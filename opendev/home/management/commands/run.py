"""`opendev-companion run`, or `manage.py run`: everything from an empty folder to a server."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Prepares the database and the static files, and serves."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--demo",
            nargs="?",
            const="",
            metavar="LANGUAGE",
            help="load the demo event into an empty database; in German (de) or Chinese (zh), else in English",
        )
        parser.add_argument("--quiet", action="store_true", help="print no pages and make no sign-in links")

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, collect the static files, and become the server."""
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        if options["demo"] is not None:
            call_command("load_demo", if_empty=True, language=options["demo"])
        call_command("serve", quiet=options["quiet"])
