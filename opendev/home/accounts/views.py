"""Our own pages of sign-in and of the user's account."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.account.views import request_login_code
from allauth.mfa.base.views import IndexView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from opendev.core.attendance import Caller
from opendev.core.cookie_store import hash_key
from opendev.core.errors import NotFound
from opendev.home.accounts.start import landing_of
from sessions.access.selectors import sign_ins_of
from sessions.access.services import end_sign_ins as end
from sessions.programme.selectors import lacks_factor


def ways_in() -> dict[str, Any]:
    """Return which ways to sign in the page offers besides a password."""
    return {
        "sends_codes": bool(settings.EMAIL_URL),
        "provider": settings.OIDC_NAME if settings.OIDC_ISSUER else "",
    }


class SignIn(auth_views.LoginView):
    """Sign-in with a password, and links to the other ways. If the account has a second factor, it is asked for."""

    template_name = "home/sign_in.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the form, and the other ways to sign in."""
        return super().get_context_data(**kwargs) | ways_in()

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Sign the user in by allauth's stages."""
        return sign_in(self.request, form.get_user(), method="password", to=self.get_redirect_url())


def request_code(request: HttpRequest) -> HttpResponse:
    """Ask for a code by e-mail.

    Raises:
        NotFound: this installation sends no e-mail.
    """
    if not settings.EMAIL_URL:
        raise NotFound
    response: HttpResponse = request_login_code(request)
    return response


def sign_in(request: HttpRequest, user: User, *, method: str, to: str = "") -> HttpResponse:
    """Sign in somebody who has proved their identity, or ask for their second factor first.

    Args:
        method: how they proved it, for the audit log.
        to: where they go; "" leads to their session.
    """
    record_authentication(request, user, method=method)
    response: HttpResponse = perform_login(request, user, redirect_url=to or landing_of(user.pk))
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_again(request: HttpRequest) -> HttpResponse:
    """Changing the account needs a sign-in of the last five minutes: the button ends this one and starts another."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    following = wanted if is_ours else reverse("mfa_index")
    if request.method == "POST":
        logout(request)
        return redirect(f"{reverse('sign-in')}?{urlencode({'next': following})}")
    return render(request, "account/reauthenticate.html", {"next": following})


class AccountPage(IndexView):
    """The user's second factors and sign-ins."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return factors and sign-ins."""
        request = self.request
        context = super().get_context_data(**kwargs)
        own = hash_key(request.session.session_key or "")
        context["sign_ins"] = [(one, one.key_hash == own) for one in sign_ins_of(request.user.pk)]
        context["lacks_factor"] = lacks_factor(request.user.pk)
        return context


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def end_sign_ins(request: HttpRequest) -> HttpResponse:
    """End one sign-in, or all but this one; open pages and sockets end with them."""
    if request.method == "POST":
        own = hash_key(request.session.session_key or "")
        number = request.POST.get("sign_in", "")
        only = int(number) if number.isascii() and number.isdigit() and len(number) < 19 else None
        user_id = request.user.pk or 0
        caller = Caller(user_id=user_id)
        ended = end(user_id=user_id, caller=caller, only=only if number else None, but=own)
        messages.success(request, _("Sign-ins ended: %(count)d.") % {"count": ended})
    return redirect("mfa_index")
