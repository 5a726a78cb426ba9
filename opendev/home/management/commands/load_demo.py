"""`manage.py load_demo`."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from opendev.core.errors import DomainError
from opendev.core.languages import offered
from opendev.home.demo.files import demo_languages
from opendev.home.demo.loader import demo_facts, load_demo
from opendev.home.demo.pads import make_demo_pads
from sessions.programme.models import Event


class Command(BaseCommand):
    help = "Loads the demo event, OpenDev: Containers in Production."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing when there is any event already"
        )
        parser.add_argument(
            "--language",
            default="",
            help=f"its language: {', '.join(demo_languages())}; English by default",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load it once; create its pads if a pad server is configured and they do not exist yet."""
        language = self.language_of(options["language"])
        demo = Event.objects.filter(slug=demo_facts(language)["event"]["slug"]).first()
        if demo is not None and not options["if_empty"]:
            raise CommandError("The demo event is loaded already.")
        if demo is None and options["if_empty"] and Event.objects.exists():
            if options["language"]:
                self.stdout.write("There are events already, so the demo event was not loaded.")
        elif demo is None:
            if settings.REQUIRE_MFA:
                raise CommandError("Load the demo without REQUIRE_MFA: its people have no second factor.")
            demo = load_demo(timezone.now(), language)
            self.stdout.write(f"Loaded {demo.name}.")
        if demo is not None and settings.ETHERPAD_URL:
            self.make_pads(demo)

    def language_of(self, name: str) -> str:
        """Return the code of the demo's language: "zh" is "zh-hans", an empty value the default."""
        language = offered(name) if name else str(settings.LANGUAGE_CODE)
        if language not in demo_languages():
            raise CommandError(f"The demo event is there in {', '.join(demo_languages())}, not in {name}.")
        return language

    def make_pads(self, demo: Event) -> None:
        """Create the pads; an unreachable pad server must not prevent the start."""
        try:
            made = make_demo_pads(demo)
        except DomainError as error:
            self.stderr.write(f"No pads for the demo: {error.message}")
            return
        if made:
            self.stdout.write(f"Made {made} pads on {settings.ETHERPAD_URL}.")
