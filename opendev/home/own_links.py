"""A second sign-in for the same user: a code to scan with a phone, which then is a remote for the control room."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from opendev.core.attendance import Caller
from opendev.core.limits import check_limit
from opendev.room.qr import draw_qr
from sessions.access.services import make_sign_in_link

OWN_LINK_LASTS = timedelta(minutes=10)  # long enough to get the phone; the code is on a screen meanwhile
NEXT = "next"


def local_path(address: str) -> str:
    """Return an address of this product unchanged, and "" for any other: a link must not lead elsewhere."""
    is_local = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if is_local else ""


@sensitive_variables("address", "context")
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def phone(request: HttpRequest) -> HttpResponse:
    """GET explains and offers a button; POST shows a QR code that signs in its reader once, as the same user.

    `next` is the page to open there, such as a control room.
    """
    path = local_path(request.POST.get(NEXT, "") or request.GET.get(NEXT, ""))
    context: dict[str, Any] = {"next": path, "minutes": int(OWN_LINK_LASTS.total_seconds() // 60)}
    if request.method == "POST" and request.user.is_authenticated:
        check_limit("sign_in", f"own link {request.user.pk}")
        token = make_sign_in_link(
            user=request.user, now=timezone.now(), caller=Caller(request.user.pk), lasts=OWN_LINK_LASTS
        )
        tail = f"?{urlencode({NEXT: path}, safe='/')}" if path else ""
        address = settings.PUBLIC_URL + reverse("sign-in-link", args=[token]) + tail
        context |= {"address": address, "qr_svg": draw_qr(address)}
    return render(request, "home/phone.html", context)
