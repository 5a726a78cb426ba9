"""How long a sign-in lasts: until it was idle for SIGN_IN_IDLE_MINUTES, and at most 14 days."""

from collections.abc import Callable
from datetime import datetime

from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from opendev.core.audit import current_network
from opendev.core.cookie_store import hash_key
from opendev.core.threads import is_away
from sessions.access.selectors import SEEN_AT, is_over
from sessions.access.services import note_seen

SEEN_EVERY_S = 300  # pages in between write nothing
MOST_BROWSER_WORDS = 200


class SignInMiddleware:
    """Ends idle sign-ins, and records every five minutes that one is used."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on, as anonymous if the sign-in has ended. That takes no query.

        If the database is down or read-only, the view runs into that too, and answers accordingly.
        """
        try:
            self._end_or_note(request)
        except (DatabaseError, InterfaceError) as error:
            if not is_away(error):
                raise
        return self.get_response(request)

    def _end_or_note(self, request: HttpRequest) -> None:
        if not request.user.is_authenticated:
            return
        now = timezone.now()
        if is_over(request.session, now):
            try:
                logout(request)
            finally:
                request.user = AnonymousUser()  # even if the database could not delete the sign-in
        elif now.timestamp() - request.session.get(SEEN_AT, 0) > SEEN_EVERY_S:
            self._note(request, now)

    def _note(self, request: HttpRequest, now: datetime) -> None:
        note_seen(
            user_id=request.user.pk or 0,
            key_hash=hash_key(request.session.session_key or ""),
            network=current_network.get(),
            browser=request.headers.get("User-Agent", "")[:MOST_BROWSER_WORDS],
            now=now,
        )
        request.session[SEEN_AT] = now.timestamp()
