"""`manage.py reset_second_factor <username>`."""

from argparse import ArgumentParser
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from opendev.core.attendance import Caller
from opendev.core.mail import mailer
from sessions.access.services import end_sign_ins
from sessions.audit.models import AuditKind
from sessions.audit.services import record


class Command(BaseCommand):
    help = (
        "Takes all second factors from a user who lost them, ends their sign-ins, and tells them by e-mail."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        """Remove the factors."""
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"There is no user {options['username']!r}.")
        with transaction.atomic():
            factors = Authenticator.objects.filter(user=user)
            count = factors.count()
            factors.delete()
            record(AuditKind.FACTOR_RESET, caller=None, subject=f"user {user.pk}", factors=count)
            ended = end_sign_ins(user_id=user.pk, caller=Caller())
        if user.email and settings.EMAIL_URL:
            mailer.send(_message(user))
            mailer.wait()
        self.stdout.write(f"{count} factors removed, {ended} sign-ins ended.")


def _message(user: User) -> EmailMessage:
    text = _(
        "Whoever runs %(address)s removed your second factors and ended your sign-ins.\n"
        "If you did not ask for that, tell them at once."
    )
    return EmailMessage(
        _("Your second factors were removed"), text % {"address": settings.PUBLIC_URL}, to=[user.email]
    )
