"""Erasing a registration."""

from django.db import transaction
from django.db.models import Q

from opendev.core.write_ahead_log import empty_log_after_commit
from sessions.registrations.models import Registration, RegistrationRow


@transaction.atomic
def erase_registration(*, registration: Registration) -> None:
    """Erase a registration, and what reports of imports kept of its address; its personal link leads nowhere."""
    rows = RegistrationRow.objects.filter(brought__event=registration.event_id)
    rows.filter(Q(email__iexact=registration.email) | Q(value__icontains=registration.email)).delete()
    registration.delete()
    empty_log_after_commit()
