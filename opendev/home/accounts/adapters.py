"""How django-allauth behaves here: closed sign-up, our limits and client addresses, encrypted secrets."""

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from opendev.core.errors import TooOften
from opendev.core.limits import check_limit, client_address
from opendev.core.mail import mailer
from opendev.home.accounts.sealing import seal, unseal
from opendev.home.accounts.start import landing_of

FRESH_S = 300.0  # how long after a sign-in the second factors can be changed


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are only created by invitation; everything else is delegated to our own modules."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: organisers invite."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the client's address as seen by trusted proxies, as for every other limit."""
        return client_address(request)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send an e-mail in the background, a few per hour and address.

        Further ones are dropped silently: the page must not reveal who has an account.
        """
        try:
            check_limit("mail", email.casefold())
        except TooOften:
            return
        request = self.request
        site = {"name": "OpenDev Companion", "domain": settings.PUBLIC_URL}
        values = {"request": request, "email": email, "current_site": site, **context}
        mailer.send(self.render_mail(template_prefix, email, values))

    def format_email_subject(self, subject: str) -> str:
        """Return the subject as it is."""
        return subject

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return where to go after sign-in if no page was asked for."""
        return landing_of(request.user.pk or 0)

    def is_safe_url(self, url: str | None) -> bool:
        """Return True for a path of ours; allauth itself takes any word for a path."""
        return bool(url and url.startswith("/") and super().is_safe_url(url))

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Show errors and changes; signing in and out are visible without a message."""
        template = kwargs.get("message_template") or (args[0] if args else "")
        if level >= messages.WARNING or str(template).startswith("mfa/"):
            super().add_message(request, level, *args, **kwargs)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Return True if the sign-in is older than five minutes. allauth itself asks again after a second."""
        request = context.request
        records = get_authentication_records(request, request.user)
        return not records or time.time() - records[-1]["at"] > FRESH_S

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Return the only way to sign in again: like the first time, with all factors."""
        return [{"id": "again", "description": _("Sign in again"), "url": reverse("account_reauthenticate")}]


class SocialAdapter(DefaultSocialAccountAdapter):
    """People who sign in by OpenID Connect must have an account here; it never creates one."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Return False: organisers invite."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Refuse an address if the provider may not vouch for its domain (OIDC_DOMAINS)."""
        if sociallogin.is_existing and sociallogin.account.pk:
            return  # linked before
        domains = settings.OIDC_DOMAINS
        addresses = [one.email for one in sociallogin.email_addresses]
        if domains and not any(address.rpartition("@")[2].lower() in domains for address in addresses):
            messages.error(request, _("Your provider’s email address is not accepted here."))
            raise ImmediateHttpResponse(redirect("sign-in"))

    def on_authentication_error(self, request: HttpRequest, provider: Any, **kwargs: Any) -> None:
        """Redirect to the sign-in page with a message."""
        messages.error(
            request, _("Your provider did not confirm the sign-in. Try again, or sign in in another way.")
        )
        raise ImmediateHttpResponse(redirect("sign-in"))


class SecondFactorAdapter(DefaultMFAAdapter):
    """Encrypts secrets of authenticator apps and recovery codes, so that a copy of the database is useless."""

    def encrypt(self, text: str) -> str:
        """Return the secret as it is stored."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret."""
        return unseal(encrypted_text)

    def get_totp_issuer(self) -> str:
        """Return the name that an authenticator app shows for us."""
        return f"OpenDev Companion ({context.request.get_host()})"

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Any) -> str:  # allauth's word
        """Return a name for a new key that distinguishes it from the others."""
        count = user.authenticator_set.filter(type=type).count()  # type: ignore[attr-defined]
        return str(_("Key %(number)d") % {"number": count + 1})
