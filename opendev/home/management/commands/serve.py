"""`manage.py serve`: prints where to go, and becomes the server."""

import os
import resource
import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError, connection
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from opendev.core import metrics
from opendev.core.threads import is_away
from opendev.home.served import note_address
from opendev.room import pad_worker
from sessions.access.services import make_sign_in_link
from sessions.programme import selectors
from sessions.programme.models import Session, SessionRole
from sessions.programme.services.first_organiser import has_organiser, make_first_organiser_token

MAX_FRAME_BYTES = (
    1024 * 1024
)  # frames over 16 KiB get an error and the socket stays open; only beyond this limit it is closed

CONNECTION = "opendev.door.connections:Connection"  # uvicorn's own with httptools, and deadlines
FILES = 65_536  # each connection takes one


FIRST_SOCKET = 3  # the first socket that systemd passes: sd_listen_fds(3)


def passed_socket(environment: Mapping[str, str]) -> int | None:
    """Return the file descriptor of the socket that systemd listens on for us, if there is one.

    It stays open between the end of one process and the start of the next, so that no connection is refused.

    Raises:
        CommandError: there are several.
    """
    if environment.get("LISTEN_PID") != str(os.getpid()):
        return None
    if (count := environment.get("LISTEN_FDS", "0")) != "1":
        raise CommandError(
            f"systemd passes {count} sockets; one is needed: one ListenStream= in the socket unit."
        )
    return FIRST_SOCKET


def server_command(*, host: str, port: int, workers: int, socket: int | None = None) -> list[str]:
    """Return the command that serves. The flags are measured and explained in docs/adr/0001."""
    where = ("--host", host, "--port", str(port)) if socket is None else ("--fd", str(socket))
    return [
        sys.executable,
        "-m",
        "opendev.serving",
        "opendev.asgi:application",
        *where,
        *("--workers", str(workers)),
        *("--lifespan", "on", "--loop", "uvloop", "--http", CONNECTION, "--ws", "websockets-sansio"),
        *("--ws-per-message-deflate", "false", "--ws-max-size", str(MAX_FRAME_BYTES)),
        *("--log-level", "warning", "--no-access-log", "--timeout-graceful-shutdown", "20"),
        *("--no-proxy-headers",),
    ]


def raise_file_limit() -> None:
    """Allow this process more open files, and so connections, than the usual 1,024, if it may raise the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def check_database() -> None:
    """Check that the database answers and has the tables; the server cannot run without it.

    Raises:
        CommandError: its message names the setting, or the command that prepares the database.
    """
    try:
        Session.objects.exists()
    except (DatabaseError, InterfaceError) as error:
        said = " ".join(str(error).split())
        if is_away(error):
            raise CommandError(f"The database does not answer. Check DATABASE_URL. It says: {said}") from None
        raise CommandError(f"Run `manage.py migrate` first. The database says: {said}") from None


class Command(BaseCommand):
    help = "Serves the product: pages, REST and sockets in one process, or in WORKERS processes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--quiet", action="store_true", help="print no pages and make no sign-in links")
        parser.add_argument(
            "--sign-in-links",
            action="store_true",
            help="print sign-in links also where the output is no terminal, such as a log",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the addresses, then become the server."""
        check_database()
        if not options["quiet"]:
            self.print_pages()
            self.print_ways_in(shows_links=options["sign_in_links"] or self.stdout.isatty())
        note_address()
        self.stdout.flush()
        if settings.WORKERS > 1:
            folder = settings.VAR_DIR / "metrics"
            metrics.fresh_folder(folder)
            os.environ[metrics.FOLDER_VARIABLE] = str(folder)
        connection.close()
        os.environ[pad_worker.KEEPS_VARIABLE] = "1"
        socket = passed_socket(os.environ)
        command = server_command(
            host=settings.BIND, port=settings.PORT, workers=settings.WORKERS, socket=socket
        )
        os.chdir(settings.ROOT)
        raise_file_limit()
        os.execv(command[0], command)  # noqa: S606  # our own command, no shell

    def print_pages(self) -> None:
        """Print the pages to open, and the code of each live session."""
        base = settings.PUBLIC_URL
        self.stdout.write(self.style.SUCCESS(f"\nOpenDev Companion serves on {base}/\n"))
        for event in selectors.all_events():
            self.stdout.write(f"  Programme       {base}{event.get_absolute_url()}")
        for session in selectors.live_sessions():
            self.stdout.write(f"\n  Live: {session.short_title}")
            self.stdout.write(f"  Join            {base}{reverse('join')}   code {session.code_spaced}")
            for label, page in (("Room", "room"), ("Control room", "control"), ("Presenter view", "screen")):
                self.stdout.write(f"  {label:<15} {base}{session.address(page)}")

    def print_ways_in(self, *, shows_links: bool) -> None:
        """Print links to sign in by, or the command that makes one: readers of a log must not be able to sign in."""
        if not has_organiser():
            self.print_first_organiser(shows_links=shows_links)
        elif shows_links:
            self.print_sign_in_links()
        else:
            self.stdout.write("\n  Sign in with a link of `manage.py sign_in_link <username>`.\n")

    def print_first_organiser(self, *, shows_links: bool) -> None:
        """Print the link that makes the first organiser, or the command that prints it."""
        self.stdout.write("\n  There is no organiser yet.")
        if not shows_links:
            self.stdout.write("  Run `manage.py first_organiser` for a link that makes the first one.\n")
            return
        path = reverse("first-organiser", kwargs={"token": make_first_organiser_token()})
        self.stdout.write(
            f"  Become the first one (works once, for 24 hours):\n  {settings.PUBLIC_URL}{path}\n"
        )

    def print_sign_in_links(self) -> None:
        """Print a one-time sign-in link for each organiser and moderator."""
        self.stdout.write("\n  Sign in (each link works once, for 24 hours):")
        moderating = Q(event_people__roles__role=SessionRole.Role.MODERATOR)
        users = User.objects.filter(Q(organised_events__isnull=False) | moderating, is_active=True).distinct()
        for user in users.order_by("pk"):
            token = make_sign_in_link(user=user, now=timezone.now())
            name = user.get_full_name() or user.get_username()
            self.stdout.write(
                f"  {name:<20} {settings.PUBLIC_URL}{reverse('sign-in-link', kwargs={'token': token})}"
            )
        self.stdout.write("")
