"""`manage.py sign_in_link <username>`."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from opendev.home.served import served_address
from sessions.access.services import make_sign_in_link


class Command(BaseCommand):
    help = "Prints a link that signs the user in once, within 24 hours."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print only the link."""
        user = User.objects.filter(username=options["username"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user {options['username']!r}.")
        token = make_sign_in_link(user=user, now=timezone.now())
        self.stdout.write(served_address() + reverse("sign-in-link", kwargs={"token": token}))
