"""`manage.py api_token <username>`."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from opendev.core.attendance import ORGANISE
from opendev.core.errors import DomainError
from sessions.access.services import make_api_token
from sessions.programme.models import Event


class Command(BaseCommand):
    help = "Prints a new API token of the user, alone. It is shown this once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("username")
        parser.add_argument("--name", default="", help="what the token is for")
        parser.add_argument("--days", type=float, default=30.0, help="how long it lasts (default: 30)")
        parser.add_argument(
            "--scope", default=ORGANISE, help="read, moderate or organise (default: organise)"
        )
        parser.add_argument("--event", default="", help="the address of the only event that it is for")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the token."""
        user = User.objects.filter(username=options["username"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user {options['username']!r}.")
        event = Event.objects.filter(slug=options["event"]).first()
        if options["event"] and event is None:
            raise CommandError(f"There is no event {options['event']!r}.")
        try:
            token = make_api_token(
                user=user,
                name=options["name"],
                lasts=timedelta(days=options["days"]),
                now=timezone.now(),
                scope=options["scope"],
                event_id=event.pk if event else None,
            )
        except DomainError as refusal:
            raise CommandError(str(refusal.message)) from refusal
        self.stdout.write(token)
