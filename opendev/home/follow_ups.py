"""Pages of sign-up lines: each line's permanent address, and an event's follow-ups."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from opendev.room.qr import qr_svg
from sessions.selectors import follow_ups


@require_safe
@never_cache
def sign_up_line(request: HttpRequest, code: str) -> HttpResponse:
    """A line at its permanent address, with the names of those who agreed to be listed."""
    found = follow_ups.line_by_code(code)
    context = {
        "event": found.line.session.event,
        "session": found.line.session,
        "line": found.line,
        "count": found.count,
        "names": found.names,
        "qr_svg": qr_svg(settings.PUBLIC_URL + found.line.get_absolute_url()),
    }
    return render(request, "home/sign_up_line.html", context)
