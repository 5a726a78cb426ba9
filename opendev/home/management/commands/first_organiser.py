"""`manage.py first_organiser`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from opendev.home.served import served_address
from sessions.programme.services.first_organiser import has_organiser, make_first_organiser_token


class Command(BaseCommand):
    help = "Prints a link that makes the first organiser, once, within 24 hours, while there is none."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print only the link."""
        if has_organiser():
            raise CommandError("There is an organiser already. Use `manage.py sign_in_link <username>`.")
        path = reverse("first-organiser", kwargs={"token": make_first_organiser_token()})
        self.stdout.write(served_address() + path)
