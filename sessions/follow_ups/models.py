"""Follow-ups: sign-up lines that a moderator opens, the names on them, and groups of lines about one interest."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sessions.attendees.models import Attendee
from sessions.programme.models import Event, Person, Session

# No vowels, so that no code is a word; nothing that is easily confused when read or heard.
LINE_CODE_SIGNS = "cdfghjkmnpqrtvwxz2346789"
LINE_CODE_LENGTH = 7
MAX_TITLE_LENGTH = 120


def new_line_code() -> str:
    """Return seven random characters, one of 4.6 billion codes: short to read aloud, long to guess."""
    return "".join(secrets.choice(LINE_CODE_SIGNS) for _place in range(LINE_CODE_LENGTH))


class FollowUpGroup(models.Model):
    """Sign-up lines of several sessions about the same interest, merged into one."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        MET = "met", _("Met")
        DONE = "done", _("Done")

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="follow_up_groups")
    title = models.CharField(_("title"), max_length=MAX_TITLE_LENGTH)
    owner = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="owned_groups"
    )
    status = models.CharField(_("status"), max_length=7, choices=Status.choices, default=Status.PLANNED)
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("follow-up group")
        verbose_name_plural = _("follow-up groups")
        ordering = ["event", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["planned", "met", "done"]), name="follow_up_group_status_is_known"
            ),
            models.CheckConstraint(condition=~Q(title=""), name="follow_up_group_has_a_title"),
        ]

    def __str__(self) -> str:
        return self.title


class SignUpLine(models.Model):
    """A subject to continue after a session: "Networking API for Kubernetes, add your name on line 98"."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="sign_up_lines")
    title = models.CharField(_("title"), max_length=MAX_TITLE_LENGTH)
    summary = models.CharField(_("what it is about"), max_length=200, blank=True)
    code = models.CharField(_("code"), max_length=LINE_CODE_LENGTH, unique=True, default=new_line_code)
    state = models.CharField(_("state"), max_length=6, choices=State.choices, default=State.OPEN)
    announced_line = models.PositiveIntegerField(_("line that people said"), null=True, blank=True)
    owner = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="owned_lines"
    )
    group = models.ForeignKey(
        FollowUpGroup, on_delete=models.SET_NULL, null=True, blank=True, related_name="lines"
    )
    position = models.PositiveIntegerField(_("place in the session"), default=1)
    version = models.PositiveBigIntegerField(default=1, editable=False)
    opened_at = models.DateTimeField(_("opened at"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("sign-up line")
        verbose_name_plural = _("sign-up lines")
        ordering = ["session", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True)
                | Q(state="closed", closed_at__isnull=False),
                name="sign_up_line_is_open_or_closed",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="sign_up_line_has_a_title"),
            models.CheckConstraint(
                condition=Q(code__regex=rf"^[{LINE_CODE_SIGNS}]{{{LINE_CODE_LENGTH}}}$"),
                name="sign_up_line_code_can_be_read_aloud",
            ),
            models.CheckConstraint(
                condition=Q(announced_line__isnull=True) | Q(announced_line__gte=1),
                name="sign_up_line_counts_from_one",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the line's permanent address."""
        return reverse("sign-up-line", kwargs={"code": self.code})

    @property
    def is_open(self) -> bool:
        """Whether names can be added."""
        return self.state == self.State.OPEN


class SignUpQuerySet(models.QuerySet["SignUp"]):
    """Filters for the names on a line."""

    def known(self) -> "SignUpQuerySet":
        """Keep the names for those who may read all of them, without erased people's."""
        return self.filter(erased_at__isnull=True)

    def present(self) -> "SignUpQuerySet":
        """Keep the names that count: neither withdrawn, nor removed, nor somebody's second name."""
        return self.known().filter(withdrawn_at__isnull=True, removed_at__isnull=True, same_as__isnull=True)

    def listed(self) -> "SignUpQuerySet":
        """Keep the names that everybody may read: of people who agreed, and those that are in the pad anyway."""
        return self.present().filter(Q(shown=True) | Q(source="pad"))


class SignUp(models.Model):
    """A name on a sign-up line. It is marked, never deleted, so that names in a pad can be told apart.

    A name from the app was given by an attendee, with what they agreed to. A name from the pad was typed there by
    somebody: a claim and not a consent, so it has no address, and is linked to a person only after a moderator's
    confirmation.
    """

    class Source(models.TextChoices):
        APP = "app", _("Signed up here")
        PAD = "pad", _("From the pad")

    line = models.ForeignKey(SignUpLine, on_delete=models.CASCADE, related_name="sign_ups")
    attendee = models.ForeignKey(
        Attendee, on_delete=models.CASCADE, null=True, blank=True, related_name="sign_ups"
    )
    name = models.CharField(_("name"), max_length=120)
    company = models.CharField(_("company"), max_length=120, blank=True)
    source = models.CharField(_("where it comes from"), max_length=3, choices=Source.choices)
    shown = models.BooleanField(_("agreed to be listed"), default=False)
    email = models.EmailField(_("e-mail address"), blank=True)
    consented_at = models.DateTimeField(_("agreed to be written to at"), null=True, blank=True)
    consent = models.CharField(_("what was agreed to, word for word"), max_length=500, blank=True)
    contact_until = models.DateField(_("may be written to until"), null=True, blank=True)
    signed_up_at = models.DateTimeField(_("signed up at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    same_as = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="other_names"
    )
    # The person was erased; the row waits until the name has been removed from the pad (services/erasing.py).
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True, editable=False)
    confirmed_at = models.DateTimeField(_("joined with a person at"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = SignUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-up")
        verbose_name_plural = _("sign-ups")
        ordering = ["line", "signed_up_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["line", "attendee"], name="sign_up_once_a_line"),
            models.CheckConstraint(condition=Q(source__in=["app", "pad"]), name="sign_up_source_is_known"),
            models.CheckConstraint(condition=~Q(name=""), name="sign_up_has_a_name"),
            models.CheckConstraint(
                condition=Q(source="pad") | Q(attendee__isnull=False), name="sign_up_here_is_an_attendees"
            ),
            models.CheckConstraint(
                condition=Q(email="", consent="", consented_at__isnull=True, contact_until__isnull=True)
                | (
                    ~Q(email="") & ~Q(consent="") & Q(consented_at__isnull=False, contact_until__isnull=False)
                ),
                name="sign_up_address_needs_consent",
            ),
            models.CheckConstraint(
                condition=Q(source="app") | Q(email="", shown=False),
                name="sign_up_from_pad_agreed_to_nothing",
            ),
            models.CheckConstraint(
                condition=Q(email="") | Q(withdrawn_at__isnull=True, removed_at__isnull=True),
                name="sign_up_address_goes_with_the_name",
            ),
            models.CheckConstraint(
                condition=Q(removed_by__isnull=True) | Q(removed_at__isnull=False),
                name="sign_up_removal_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(same_as__isnull=True) | Q(source="pad", attendee__isnull=True),
                name="sign_up_second_name_is_from_the_pad",
            ),
            models.CheckConstraint(
                condition=Q(source="app")
                | Q(confirmed_at__isnull=False)
                | Q(attendee__isnull=True, same_as__isnull=True),
                name="sign_up_from_pad_is_joined_by_a_moderator",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_present(self) -> bool:
        """Whether the name counts on the line."""
        return self.withdrawn_at is None and self.removed_at is None and self.same_as_id is None

    @property
    def is_listed(self) -> bool:
        """Whether everybody may read the name."""
        return self.is_present and (self.shown or self.source == self.Source.PAD)

    @property
    def is_claim(self) -> bool:
        """Whether the name was typed in the pad and nobody has confirmed whose it is."""
        return self.source == self.Source.PAD and self.confirmed_at is None
