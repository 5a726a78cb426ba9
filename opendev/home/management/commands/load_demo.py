"""`manage.py load_demo`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from opendev.home.demo.loader import load_demo
from sessions.models import Event


class Command(BaseCommand):
    help = "Loads the demo event, OpenDev: Containers in Production."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing when there is any event already"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load it once."""
        if options["if_empty"] and Event.objects.exists():
            return
        if Event.objects.filter(slug="opendev-containers-in-production").exists():
            raise CommandError("The demo event is loaded already.")
        event = load_demo(timezone.now())
        self.stdout.write(f"Loaded {event.name}.")
