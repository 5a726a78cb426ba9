"""`manage.py backup <file or folder>`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from opendev.backups.errors import BackupError, plain_errors
from opendev.backups.making import make_backup


class Command(BaseCommand):
    help = "Writes the database and the secret key into one file while the server runs, and prints its path."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("target", type=Path, help="a new file, or a folder: then the file has a name")
        parser.add_argument(
            "--recipient",
            action="append",
            default=[],
            help="encrypt for this public key of age or ssh; may be said again (default: BACKUP_RECIPIENTS)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the backup, and print only its path."""
        recipients = options["recipient"] or settings.BACKUP_RECIPIENTS
        try:
            with plain_errors():
                path = make_backup(options["target"].absolute(), recipients=recipients, now=timezone.now())
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(str(path))
