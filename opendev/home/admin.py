"""Attendees and sign-ups for operators: deleting a person here erases them, and sends the new counts to open pages."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import Caller
from opendev.erasure import services
from sessions.attendees.models import Attendee
from sessions.attendees.services.passes import set_revoked
from sessions.follow_ups.models import SignUp


@admin.register(Attendee)
class AttendeeAdmin(admin.ModelAdmin):
    """Deleting includes ballots, questions, upvotes, sign-ups and the registration, and revokes the pass."""

    list_display = ["__str__", "company", "country", "event", "joined_at"]
    list_filter = ["event"]
    search_fields = ["name", "company"]
    actions = ["revoke_passes"]

    def delete_model(self, request: HttpRequest, obj: Attendee) -> None:
        """Erase one."""
        services.erase_attendee(attendee=obj, now=timezone.now(), caller=Caller(user_id=request.user.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Attendee]) -> None:
        """Erase several, after the confirmation."""
        for attendee in queryset.order_by("pk"):
            services.erase_attendee(
                attendee=attendee, now=timezone.now(), caller=Caller(user_id=request.user.pk)
            )

    @admin.action(description=_("Revoke the passes of selected attendees"), permissions=["change"])
    def revoke_passes(self, request: HttpRequest, queryset: QuerySet[Attendee]) -> None:
        """Revoke the passes; votes, questions and sign-ups of these people stay."""
        for attendee in queryset:
            set_revoked(attendee, revoked=True, caller=Caller(user_id=request.user.pk), now=timezone.now())
        self.message_user(request, _("The passes were revoked."), messages.SUCCESS)


@admin.register(SignUp)
class SignUpAdmin(admin.ModelAdmin):
    """Names can be looked up, and erased on request; everything else is done in the control room."""

    list_display = ["name", "company", "line", "source", "shown", "withdrawn_at", "removed_at"]
    exclude = ["email"]  # given to the line's owner and moderators
    list_filter = ["line__session__event", "source"]
    list_select_related = ["line"]
    search_fields = ["name", "company"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SignUp]:
        """Names of erased people cannot be looked up, even while they have yet to be removed from a pad."""
        return SignUp.objects.known()

    def has_add_permission(self, request: Any) -> bool:
        """Nobody can sign somebody else up."""
        return False

    def has_change_permission(self, request: Any, obj: object = None) -> bool:
        """Only the person can change what they agreed to."""
        return False

    def delete_model(self, request: HttpRequest, obj: SignUp) -> None:
        """Erase one."""
        services.erase_sign_ups(sign_ups=[obj], now=timezone.now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[SignUp]) -> None:
        """Erase several."""
        services.erase_sign_ups(sign_ups=list(queryset), now=timezone.now())
