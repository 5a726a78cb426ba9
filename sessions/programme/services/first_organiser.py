"""The first organiser of a new installation, created by a link that is printed when the server starts."""

from datetime import datetime

from django.contrib.auth.models import Permission, User
from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import Q

from sessions.access.services import SIGN_IN_LINK_LASTS, LinkIsSpent
from sessions.audit.models import AuditKind
from sessions.audit.services import record
from sessions.programme.models.events import MAKES_EVENTS

USERNAME = "organiser"
_SALT = "first-organiser"
_APP, _CODE = MAKES_EVENTS.split(".")
_MAY_MAKE_EVENTS = Q(user_permissions__codename=_CODE, user_permissions__content_type__app_label=_APP)


def has_organiser() -> bool:
    """Return True if somebody may already create events, or organises one."""
    may = Q(is_superuser=True) | Q(organised_events__isnull=False) | _MAY_MAKE_EVENTS
    return User.objects.filter(may, is_active=True).exists()


def make_first_organiser_token() -> str:
    """Return the token of a link that makes the first organiser, within 24 hours.

    It is signed and not stored: it ends as soon as there is an organiser.
    """
    return signing.dumps(USERNAME, salt=_SALT)


def check_first_organiser_token(token: str) -> None:
    """Check that a token can still make the first organiser.

    Raises:
        LinkIsSpent: forged, older than 24 hours, or there is an organiser.
    """
    try:
        signing.loads(token, salt=_SALT, max_age=SIGN_IN_LINK_LASTS)
    except signing.BadSignature:
        raise LinkIsSpent from None
    if has_organiser():
        raise LinkIsSpent


@transaction.atomic
def make_first_organiser(*, token: str, now: datetime) -> User:
    """Create a user who may create events, without a password; if two people press at once, only one gets in.

    Raises:
        LinkIsSpent: forged, older than 24 hours, or there is an organiser.
    """
    check_first_organiser_token(token)
    user = User(username=USERNAME, first_name="Organiser", date_joined=now)
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save()
    except (
        IntegrityError
    ):  # another request was faster, or the name belongs to somebody who may not create events
        raise LinkIsSpent from None
    user.user_permissions.add(Permission.objects.get(codename=_CODE, content_type__app_label=_APP))
    record(AuditKind.RIGHT_GIVEN, caller=user.pk, subject=f"user {user.pk}", right="make events")
    return user
