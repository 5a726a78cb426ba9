"""`manage.py check_mail <address>`."""

from argparse import ArgumentParser
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Sends an e-mail now, with the settings of the server, and says what went wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("address", help="where the e-mail goes")

    def handle(self, *args: Any, **options: Any) -> None:
        """Send one e-mail."""
        if not settings.EMAIL_URL:
            raise CommandError("No e-mail is sent here: set EMAIL_URL and EMAIL_FROM.")
        message = EmailMessage(
            "A test of OpenDev Companion",
            f"If you read this, {settings.PUBLIC_URL} can send sign-in codes.",
            to=[options["address"]],
        )
        try:
            message.send()
        except (OSError, SMTPException) as error:
            raise CommandError(f"The e-mail could not be sent: {type(error).__name__}: {error}") from error
        self.stdout.write(
            f"The mail server took the e-mail for {options['address']}. Look for it, also among spam."
        )
