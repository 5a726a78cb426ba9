"""One-time sign-in links, API tokens and sign-ins."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import MODERATE, ORGANISE, READ, TokenLimits


class SignInLink(models.Model):
    """A one-time link. Only a hash of its token is stored, so that a copy of the database opens nothing."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sign_in_links")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField(_("expires at"))
    spent_at = models.DateTimeField(_("spent at"), null=True, blank=True)

    class Meta:
        verbose_name = _("sign-in link")
        verbose_name_plural = _("sign-in links")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.user}, {self.expires_at:%Y-%m-%d %H:%M}"


class ApiToken(models.Model):
    """A token with which a program acts as a user. Only a hash of it is stored; it is shown once.

    It gives no more than its scope, and is limited to `event` if that is set: an id, since events are a layer above.
    """

    class Scope(models.TextChoices):
        """Each includes those before it."""

        READ = READ, _("Read")
        MODERATE = MODERATE, _("Read and moderate")
        ORGANISE = ORGANISE, _("Everything you can do")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=120, blank=True)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    scope = models.CharField(
        _("scope"), max_length=10, choices=Scope.choices, default=Scope.ORGANISE, db_default=Scope.ORGANISE
    )
    event = models.BigIntegerField(_("event"), null=True, blank=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scope__in=[READ, MODERATE, ORGANISE]), name="token_scope_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.user}, {self.created_at:%Y-%m-%d}"

    @property
    def limits(self) -> TokenLimits:
        """Its scope and its event, as callers carry them."""
        return TokenLimits(self.scope, self.event)


class SignIn(models.Model):
    """A browser in which somebody is signed in, for their own list. Only a hash of its cookie is stored."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sign_ins")
    key_hash = models.CharField(max_length=40, unique=True, editable=False)
    began_at = models.DateTimeField(_("began at"))
    seen_at = models.DateTimeField(_("last used at"))
    network = models.CharField(_("from"), max_length=64, blank=True)
    browser = models.CharField(_("browser"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        ordering = ["-seen_at"]

    def __str__(self) -> str:
        return f"{self.user}, {self.began_at:%Y-%m-%d %H:%M}"
