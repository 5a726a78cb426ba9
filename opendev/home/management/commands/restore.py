"""`manage.py restore <file>`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from opendev.backups.errors import BackupError, plain_errors
from opendev.backups.restoring import check_backup, restore_backup


class Command(BaseCommand):
    help = (
        "Puts a backup in the place of the database and the secret key. The server must be stopped; the database "
        "that was in use is kept under another name. With --check it tries the backup and changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("file", type=Path, help="a file that `manage.py backup` made")
        parser.add_argument(
            "--identity", type=Path, help="the file of the private key, for an encrypted backup"
        )
        parser.add_argument("--check", action="store_true", help="change nothing")
        parser.add_argument(
            "--migrate", action="store_true", help="bring a backup of an earlier version up to date"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore, or check whether it would work."""
        backup = {"file": options["file"].absolute(), "identity": options["identity"]}
        try:
            with plain_errors():
                if options["check"]:
                    check_backup(**backup, now=timezone.now(), say=self.stdout.write)
                else:
                    restore_backup(
                        **backup, now=timezone.now(), migrates=options["migrate"], say=self.stdout.write
                    )
        except BackupError as error:
            raise CommandError(f"{error} The database in use was not changed.") from error
        self.stdout.write("This backup restores." if options["check"] else "Restored. Start the server.")
