"""A session's Etherpad, and what we know about its content.

Sign-ups are stored in `sessions`; the pad is a second view of them. Each row here about a line or
a name in the pad belongs to one row there.
"""

from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sessions.follow_ups.models import SignUp, SignUpLine
from sessions.programme.models import Event, Session

MAX_HEADING_LENGTH = 300  # of a line in a pad, which may grow around the title that we wrote


class EtherpadLink(models.Model):
    """A session's Etherpad: any server, by its address. Keys and tokens are encrypted (`sealing.py`)."""

    class Health(models.TextChoices):
        UNKNOWN = "unknown", _("Not looked at yet")
        OK = "ok", _("Connected")
        MISSING = "missing", _("The server has no such pad")
        REFUSED = "refused", _("The server does not let us in")
        UNREACHABLE = "unreachable", _("The server does not answer")
        FORBIDDEN = "forbidden", _("This address is not allowed here")
        READ_ONLY = "read_only", _("We may only read this pad")
        WAITING = "waiting", _("Waiting: the server limits how many pads we may check at once")

    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="etherpad_link")
    url = models.CharField(_("address"), max_length=500, validators=[URLValidator(schemes=["http", "https"])])
    read_only_id = models.CharField(_("read-only name"), max_length=80, blank=True, editable=False)
    sealed_key = models.TextField(_("API key, sealed"), blank=True, editable=False)
    sealed_token = models.TextField(_("our author's token, sealed"), blank=True, editable=False)
    health = models.CharField(
        _("health"), max_length=11, choices=Health.choices, default=Health.UNKNOWN, editable=False
    )
    health_at = models.DateTimeField(_("since"), null=True, blank=True, editable=False)
    version = models.PositiveBigIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("etherpad link")
        verbose_name_plural = _("etherpad links")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(url__startswith="http://") | Q(url__startswith="https://"),
                name="etherpad_link_is_http_or_https",
            ),
            models.CheckConstraint(
                condition=Q(
                    health__in=[
                        *("unknown", "ok", "missing", "refused", "unreachable", "forbidden"),
                        *("read_only", "waiting"),
                    ]
                ),
                name="etherpad_link_health_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.url


class PadRules(models.Model):
    """The names and the initial text of an event's new pads; "" means the operator's settings."""

    event = models.OneToOneField(Event, on_delete=models.CASCADE, related_name="pad_rules")
    name_pattern = models.CharField(_("name pattern"), max_length=80, blank=True)
    template = models.CharField(_("template pad"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("rules for pads")
        verbose_name_plural = _("rules for pads")

    def __str__(self) -> str:
        return self.name_pattern or self.template


class PadCopy(models.Model):
    """The pad as the worker last saw it, for readers, and for the worker after an outage."""

    link = models.OneToOneField(EtherpadLink, on_delete=models.CASCADE, related_name="copy")
    author = models.CharField(_("our author's id"), max_length=80)
    revision = models.PositiveIntegerField(_("revision"))
    text = models.TextField(_("text"))
    runs = models.TextField(_("attributes, as Etherpad writes them"))
    pool = models.JSONField(_("what the attributes mean"))
    seen_at = models.DateTimeField(_("seen at"))

    class Meta:
        verbose_name = _("copy of a pad")
        verbose_name_plural = _("copies of pads")


class PadLine(models.Model):
    """A sign-up line's heading in the pad. `position` is that of its final newline, in the copy's revision."""

    class State(models.TextChoices):
        NEW = "new", _("Not in the pad yet")
        OK = "ok", _("In the pad")
        MISSING = "missing", _("The heading is gone")
        DOUBLED = "doubled", _("The heading stands there more than once")

    line = models.OneToOneField(SignUpLine, on_delete=models.CASCADE, related_name="pad_line")
    heading = models.CharField(_("heading"), max_length=MAX_HEADING_LENGTH)
    position = models.PositiveIntegerField(_("position of its newline"), null=True, blank=True)
    number = models.PositiveIntegerField(_("line number"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=7, choices=State.choices, default=State.NEW)
    copies = models.PositiveSmallIntegerField(_("equal headings that a moderator has seen"), default=1)
    pointed_at = models.PositiveIntegerField(_("line that a moderator pointed to"), null=True, blank=True)
    wants_heading = models.BooleanField(_("a moderator wants the heading written anew"), default=False)

    class Meta:
        verbose_name = _("line in a pad")
        verbose_name_plural = _("lines in pads")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["new", "ok", "missing", "doubled"]), name="pad_line_state_is_known"
            ),
            models.CheckConstraint(
                # A check that evaluates to NULL passes, so each column is checked separately.
                condition=~Q(state="ok") | Q(position__isnull=False, number__isnull=False, number__gte=1),
                name="pad_line_that_is_there_is_somewhere",
            ),
        ]

    def __str__(self) -> str:
        return self.heading


class PadName(models.Model):
    """A name under a heading in the pad: one that we wrote there, or one that somebody typed."""

    class State(models.TextChoices):
        PENDING = "pending", _("Will be written")
        WRITTEN = "written", _("In the pad")
        TAKEN_OUT = "taken_out", _("Taken out of the pad by us")
        REMOVED_IN_NOTES = "removed_in_notes", _("Removed in the notes")
        NEEDS_ATTENTION = "needs_attention", _("Needs attention")

    sign_up = models.OneToOneField(SignUp, on_delete=models.CASCADE, related_name="pad_name")
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.PENDING)
    text = models.CharField(_("as it stands there"), max_length=MAX_HEADING_LENGTH)
    revision = models.PositiveIntegerField(_("written in revision"), null=True, blank=True)
    written_at = models.DateTimeField(_("written at"), null=True, blank=True)
    reason = models.CharField(_("why it is not there"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("name in a pad")
        verbose_name_plural = _("names in pads")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state__in=["pending", "written", "taken_out", "removed_in_notes", "needs_attention"]
                ),
                name="pad_name_state_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="written") | Q(revision__isnull=False, written_at__isnull=False),
                name="pad_name_that_is_written_has_a_revision",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class PadPassage(models.Model):
    """Lines that we wrote into a pad and keep up to date, such as a poll's result: as they were last written."""

    link = models.ForeignKey(EtherpadLink, on_delete=models.CASCADE, related_name="passages")
    key = models.CharField(_("what it is about"), max_length=40)
    lines = models.JSONField(_("lines"))

    class Meta:
        verbose_name = _("passage in a pad")
        verbose_name_plural = _("passages in pads")
        constraints = [
            models.UniqueConstraint(fields=["link", "key"], name="pad_passage_once_a_pad"),
        ]

    def __str__(self) -> str:
        return self.key


class PadLease(models.Model):
    """The right to write into a pad: for one worker, for a few seconds at a time."""

    link = models.OneToOneField(EtherpadLink, on_delete=models.CASCADE, related_name="lease")
    holder = models.CharField(_("worker"), max_length=40)
    until = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("lease of a pad")
        verbose_name_plural = _("leases of pads")


class PadWorkerBeat(models.Model):
    """A single row: when a pad worker last ran."""

    seen_at = models.DateTimeField(_("seen at"))

    class Meta:
        verbose_name = _("beat of the pad worker")
        verbose_name_plural = _("beats of the pad worker")
