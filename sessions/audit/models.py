"""Entries of the audit log."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditKind(models.TextChoices):
    """The kinds of entries. The part before the dot is the group by which the organisers' page filters."""

    SIGNED_IN = "sign_in.done", _("Signed in")
    SIGN_IN_FAILED = "sign_in.failed", _("A sign-in failed")
    SIGN_IN_REFUSED = "sign_in.refused", _("A sign-in was refused after too many tries")
    SIGNED_OUT = "sign_in.out", _("Signed out")
    SIGN_IN_ENDED = "sign_in.ended", _("Ended sign-ins")
    SIGN_IN_LINK_MADE = "sign_in.link_made", _("Created a sign-in link")
    FACTOR_ADDED = "sign_in.factor_added", _("Added a second factor")
    FACTOR_REMOVED = "sign_in.factor_removed", _("Removed a second factor")
    FACTOR_RESET = "sign_in.factor_reset", _("Replaced a second factor")
    INVITED = "rights.invited", _("Invited somebody")
    RIGHT_GIVEN = "rights.given", _("Gave a right")
    RIGHT_TAKEN = "rights.taken", _("Took a right away")
    TOKEN_MADE = "tokens.made", _("Created an API token")
    TOKEN_REVOKED = "tokens.revoked", _("Revoked an API token")
    DISPLAY_MADE = "tokens.display_made", _("Created a display link")
    DISPLAY_REVOKED = "tokens.display_revoked", _("Revoked a display link")
    LINK_REVOKED = "tokens.link_revoked", _("Revoked a personal link")
    LINK_RESTORED = "tokens.link_restored", _("Restored a personal link")
    PASS_REVOKED = "tokens.pass_revoked", _("Revoked an attendee’s pass")
    PASS_RESTORED = "tokens.pass_restored", _("Restored an attendee’s pass")
    EXPORTED = "people.exported", _("Exported data")
    ADDRESSES_READ = "people.addresses_read", _("Read email addresses")
    NAME_REMOVED = "people.name_removed", _("Removed a name")
    NAME_RESTORED = "people.name_restored", _("Put a name back")
    PERSON_ERASED = "people.erased", _("Erased a person")
    DATA_EXPIRED = "people.expired", _("Deleted people’s data at the end of its time")
    REGISTRATIONS_IMPORTED = "imports.registrations", _("Imported registrations")
    SCHEDULE_IMPORTED = "imports.schedule", _("Imported a schedule")
    POLL_REWORDED = "polls.reworded", _("Reworded a poll after the first vote")
    POLL_PUBLISHED = "polls.published", _("Published a poll’s result")
    POLL_WITHDRAWN = "polls.withdrawn", _("Took a published result back")
    POLL_RIGHT_CHANGED = "polls.right_changed", _("Changed a poll’s right answer after the launch")
    POLL_RIGHT_REVEALED = "polls.right_revealed", _("Revealed a poll’s right answer")
    WRITTEN_SHOWN = "polls.written_shown", _("Approved answers that people wrote")
    WRITTEN_HIDDEN = "polls.written_hidden", _("Hid answers that people wrote")
    WRITTEN_MERGED = "polls.written_merged", _("Merged answers that people wrote")
    WRITTEN_SPLIT = "polls.written_split", _("Split answers that were merged")
    WRITTEN_PROMOTED = "polls.written_promoted", _("Made an option of what people wrote")
    BLOCKED_WORDS_CHANGED = "polls.blocked_words", _("Changed the list of blocked words")
    RECAP_PUBLISHED = "recap.published", _("Published the recap")
    RECAP_WITHDRAWN = "recap.withdrawn", _("Withdrew the recap")
    EVENT_MADE = "settings.event_made", _("Created the event")
    EVENT_ERASED = "settings.event_erased", _("Erased the event")
    SETTINGS_CHANGED = "settings.changed", _("Changed settings")
    WEBHOOK_ADDED = "settings.webhook_added", _("Added a webhook")
    WEBHOOK_CHANGED = "settings.webhook_changed", _("Changed a webhook")
    WEBHOOK_ROTATED = "settings.webhook_rotated", _("Replaced a webhook’s secret")
    WEBHOOK_REMOVED = "settings.webhook_removed", _("Removed a webhook")
    ADMIN_CHANGED = "settings.admin", _("Changed something in the administration")

    REHEARSAL_STARTED = "rehearsals.started", _("Started a rehearsal")
    REHEARSAL_CLEARED = "rehearsals.cleared", _("Ended and cleared a rehearsal")

    @property
    def group(self) -> str:
        """The part before the dot."""
        return str(self.value).partition(".")[0]


class AuditEntry(models.Model):
    """One action, recorded in its transaction. Entries are never changed (guards.py).

    They have no foreign keys, so that deleting a user deletes no entry. Names, addresses and people's own words are
    not in them; `details` has numbers and words of our own.
    """

    at = models.DateTimeField(_("at"))
    kind = models.CharField(_("what"), max_length=40)
    event = models.BigIntegerField(_("event"), null=True, blank=True)
    actor = models.BigIntegerField(_("user"), null=True, blank=True)
    network = models.CharField(_("from"), max_length=64, blank=True)
    request = models.CharField(_("request"), max_length=64, blank=True)
    subject = models.CharField(_("subject"), max_length=80, blank=True)
    details = models.JSONField(_("details"), default=dict, blank=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["event", "-at", "-id"], name="audit_of_event"),
            models.Index(fields=["at"], name="audit_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.kind}"
