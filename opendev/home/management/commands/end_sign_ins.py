"""`manage.py end_sign_ins <username>`."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from opendev.core.attendance import Caller
from sessions.access.services import end_sign_ins


class Command(BaseCommand):
    help = "Ends all sign-ins of a user, or of everybody; their open sockets close within two seconds."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("username", nargs="?", help="whose sign-ins end")
        parser.add_argument("--all", action="store_true", help="everybody's")

    def handle(self, *args: Any, **options: Any) -> None:
        """End them."""
        users = User.objects.all() if options["all"] else User.objects.filter(username=options["username"])
        if not users:
            raise CommandError("Name a user who exists, or say --all.")
        ended = sum(end_sign_ins(user_id=user.pk, caller=Caller()) for user in users)
        self.stdout.write(f"{ended} sign-ins ended.")
