"""Polls, options, ballots. Every invariant is a constraint here, or a guard in guards.py."""

import secrets
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from polls.kinds import DEFAULT, FAMILIES, MAX_KEY_LENGTH, Family, kind_choices
from sessions.attendees.models import Attendee
from sessions.programme.models import Event, Session


class RowKey(models.BigIntegerField):
    """A 63-bit integer that is the row's place in the file on SQLite, as `integer` primary keys are there.

    With random values the file does not preserve the order of insertion (docs/adr/0003), and needs one index less.
    """

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        """Return the column's type."""
        return "integer" if connection.vendor == "sqlite" else super().db_type(connection)


def random_row_key() -> int:
    """Return 63 random bits."""
    return secrets.randbits(63)


class Poll(models.Model):
    """A question with options. From the launch on its rules are frozen; running it again creates a new poll."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        LIVE = "live", _("Live")
        CLOSED = "closed", _("Closed")
        PUBLISHED = "published", _("Published")
        ARCHIVED = "archived", _("Archived")

    class Visibility(models.TextChoices):
        ALWAYS = "always", _("Always")
        AFTER_VOTING = "after_voting", _("After voting")
        AFTER_CLOSE = "after_close", _("After the close")
        AFTER_PUBLISHING = "after_publishing", _("When published")
        MODERATORS = "moderators", _("Moderators only")

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="polls")
    question = models.CharField(_("question"), max_length=300)
    kind = models.CharField(_("kind"), max_length=20, choices=kind_choices, default=DEFAULT)
    # What the kind means for the tables; written together with it, and used by the guards.
    family = models.CharField(max_length=5, default=Family.PICK, db_default=Family.PICK, editable=False)
    single = models.BooleanField(default=True, editable=False)  # one selection per ballot
    # A ballot's values are distinct places, and pairs are counted; or they have the maximum sum `value_sum`.
    has_places = models.BooleanField(default=False, db_default=False, editable=False)
    # People may write an option of their own, so there are voters' options in addition to the moderator's.
    has_other = models.BooleanField(default=False, db_default=False, editable=False)
    value_sum = models.PositiveSmallIntegerField(null=True, editable=False)
    rules = models.JSONField(_("rules"), default=dict, db_default={}, blank=True)  # the kind's own rules
    min = models.PositiveSmallIntegerField(_("fewest choices"), default=1)
    max = models.PositiveSmallIntegerField(_("most choices"), default=1)
    anonymous = models.BooleanField(_("anonymous"), default=True)
    may_change = models.BooleanField(_("may be changed"), default=True)
    visibility = models.CharField(
        _("who sees the result"), max_length=16, choices=Visibility.choices, default=Visibility.AFTER_VOTING
    )
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.DRAFT)
    position = models.PositiveIntegerField(_("place in the session"), default=1)
    number = models.PositiveIntegerField(_("number"), null=True, blank=True)
    rerun_of = models.ForeignKey(
        "self",
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="reruns",
        verbose_name=_("first round"),
    )
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    version = models.PositiveBigIntegerField(default=1, editable=False)
    ballots = models.PositiveIntegerField(_("ballots counted"), default=0, editable=False)
    # Read by selectors.ballot_key.
    key_names_attendee = models.BooleanField(default=True, db_default=True, editable=False)
    # Rewordings after the first vote: [{"at", "by", "was"}], or None. Everybody can read it.
    reworded = models.JSONField(_("reworded"), null=True, blank=True, editable=False)
    # The right answer of a quiz (kinds/right_answers.py), or None. Before it is revealed, only moderators' payloads
    # contain it. From then on `right_count` says how many ballots are right.
    right_answer = models.JSONField(_("right answer"), null=True, blank=True, editable=False)
    right_revealed_at = models.DateTimeField(_("right answer revealed at"), null=True, blank=True)
    right_count = models.PositiveIntegerField(null=True, editable=False)
    # Written answers that were merged or split after voting had closed: [{"act": "merged"|"split",
    # "at", "by", "answers"}], the last time of each person and act; or None. Everybody can read it.
    regrouped = models.JSONField(_("regrouped"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"))
    launched_at = models.DateTimeField(_("launched at"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    finalised_at = models.DateTimeField(_("finalised at"), null=True, blank=True)

    class Meta:
        verbose_name = _("poll")
        verbose_name_plural = _("polls")
        ordering = ["session", "position", "round", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "live", "closed", "published", "archived"]),
                name="poll_state_is_known",
            ),
            models.CheckConstraint(condition=Q(family__in=FAMILIES), name="poll_family_is_known"),
            models.CheckConstraint(
                condition=Q(
                    visibility__in=["always", "after_voting", "after_close", "after_publishing", "moderators"]
                ),
                name="poll_visibility_is_known",
            ),
            models.CheckConstraint(condition=Q(min__gte=1) & Q(max__gte=F("min")), name="poll_min_to_max"),
            models.CheckConstraint(condition=Q(single=False) | Q(max=1), name="poll_single_means_one"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(launched_at__isnull=False) | Q(state="archived"),
                name="poll_is_launched_or_draft",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["closed", "published"]) | Q(closed_at__isnull=False),
                name="poll_closed_at_is_known",
            ),
            models.CheckConstraint(
                condition=Q(rerun_of__isnull=True, round=1) | Q(round__gte=2), name="poll_round_counts"
            ),
            models.UniqueConstraint(fields=["rerun_of", "round"], name="poll_round_once"),
            models.CheckConstraint(
                condition=Q(right_revealed_at__isnull=True, right_count__isnull=True)
                | Q(
                    right_revealed_at__isnull=False,
                    right_count__isnull=False,
                    right_answer__isnull=False,
                    closed_at__isnull=False,
                    state__in=["closed", "published", "archived"],
                ),
                name="poll_right_answer_is_revealed_after_the_close",
            ),
        ]
        indexes = [
            models.Index(fields=["closes_at"], condition=Q(state="live"), name="poll_due_to_close"),
            models.Index(
                fields=["closed_at"],
                condition=Q(finalised_at__isnull=True, closed_at__isnull=False),
                name="poll_due_to_finalise",
            ),
        ]

    def __str__(self) -> str:
        return self.question

    @property
    def first_round_id(self) -> int:
        """The poll that this one repeats, or itself."""
        return self.rerun_of_id or self.pk


WRITTEN_BITS = 52  # every JSON client can represent the number exactly


def random_option_key() -> int:
    """Return a random number for an option that a voter wrote, so that it does not reveal who wrote first."""
    return secrets.randbits(WRITTEN_BITS)


class Option(models.Model):
    """One answer to a poll: a moderator's, with a position, or a spelling that a voter wrote.

    `count` is its stored tally, verified against the ballots by `manage.py recount`. Spellings of one answer point to
    one of them by `merged_into`; that one stores the answer's `total` over all, and its most common spelling.
    """

    class Author(models.TextChoices):
        MODERATOR = "moderator", _("Moderator")
        VOTER = "voter", _("Voter")

    class State(models.TextChoices):
        SHOWN = "shown", _("Shown")
        WAITING = "waiting", _("Waiting for approval")
        HIDDEN = "hidden", _("Hidden")
        BLOCKED = "blocked", _("Hidden by the event’s list")

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="options")
    position = models.PositiveSmallIntegerField(_("position"), null=True, blank=True)
    text = models.CharField(_("text"), max_length=300)
    count = models.PositiveIntegerField(_("votes counted"), default=0, editable=False)
    author_kind = models.CharField(
        max_length=9, choices=Author.choices, default=Author.MODERATOR, db_default="moderator", editable=False
    )
    # For voters' options: the key that equal spellings share (polls/kinds/merging.py), and the moderation state.
    key = models.CharField(max_length=MAX_KEY_LENGTH, default="", db_default="", editable=False)
    state = models.CharField(max_length=7, default=State.SHOWN, db_default="shown", editable=False)
    merged_into = models.ForeignKey(
        "self", on_delete=models.RESTRICT, null=True, blank=True, related_name="spellings", editable=False
    )
    total = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    shown_as = models.CharField(max_length=300, default="", db_default="", editable=False)
    is_picked = models.BooleanField(default=False, db_default=False, editable=False)
    # If ballots have values: their sum, and {option id: how many ballots have both and put this one above
    # it}; under its own id how many put it first. None if values are not places.
    weight = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    above = models.JSONField(null=True, editable=False)
    # "Other": ballots do not select it, but the voter's own words; its count is the number of those. For options that
    # moderators made from such words, {spelling: how many wrote it}.
    is_other = models.BooleanField(default=False, db_default=False, editable=False)
    written = models.JSONField(null=True, editable=False)

    class Meta:
        verbose_name = _("option")
        verbose_name_plural = _("options")
        ordering = ["poll", "position"]
        constraints = [
            models.UniqueConstraint(fields=["poll", "position"], name="option_position_once_a_poll"),
            models.CheckConstraint(
                condition=Q(author_kind="moderator", position__isnull=False, key="", merged_into=None)
                | (Q(author_kind="voter", position__isnull=True) & ~Q(key="")),
                name="option_fits_its_author",
            ),
            models.CheckConstraint(
                condition=Q(is_other=False) | Q(author_kind="moderator"), name="option_other_is_moderators"
            ),
            models.UniqueConstraint(
                fields=["poll"], condition=Q(is_other=True), name="option_other_once_a_poll"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["shown", "waiting", "hidden", "blocked"]), name="option_state_is_known"
            ),
            models.UniqueConstraint(
                fields=["poll", "text"],
                condition=Q(author_kind="voter"),
                name="option_spelling_once_a_poll",
            ),
            models.UniqueConstraint(
                fields=["poll", "key"],
                condition=Q(author_kind="voter", merged_into=None),
                name="option_key_counts_once_a_poll",
            ),
        ]
        indexes = [
            models.Index(fields=["poll", "key"], condition=Q(author_kind="voter"), name="option_by_key"),
            models.Index(
                "poll",
                "state",
                F("total").desc(),
                "id",
                condition=Q(author_kind="voter", merged_into=None),
                name="option_most_named",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def wrote_it(self) -> int:
        """How many people wrote it themselves, before it became an option."""
        return sum((self.written or {}).values())


class BlockedWord(models.Model):
    """A word that is never shown in written answers at an event."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="blocked_words", db_index=False)
    text = models.CharField(_("word"), max_length=40)

    class Meta:
        verbose_name = _("blocked word")
        verbose_name_plural = _("blocked words")
        ordering = ["event", "text"]
        constraints = [models.UniqueConstraint(fields=["event", "text"], name="blocked_word_once_an_event")]

    def __str__(self) -> str:
        return self.text


class Ballot(models.Model):
    """One person's answer to one poll, without a time. `single` repeats the poll's, for the guards."""

    id = RowKey(primary_key=True, default=random_row_key)
    # The guards check the reference together with `single`; a plain foreign key in addition would cost every vote
    # twice.
    poll = models.ForeignKey(
        Poll, on_delete=models.CASCADE, related_name="ballot_rows", db_constraint=False, db_index=False
    )
    single = models.BooleanField()
    key = models.BinaryField(max_length=32)
    seq = models.BigIntegerField(default=0)
    attendee = models.ForeignKey(
        Attendee, on_delete=models.CASCADE, null=True, blank=True, related_name="ballots", db_index=False
    )

    class Meta:
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")
        constraints = [
            models.UniqueConstraint(fields=["poll", "key"], name="ballot_key_once_a_poll"),
            models.UniqueConstraint(
                fields=["poll", "attendee"],
                condition=Q(attendee__isnull=False),
                name="ballot_attendee_once_a_poll",
            ),
            models.CheckConstraint(condition=Q(seq__gte=0), name="ballot_seq_counts_up"),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class Selection(models.Model):
    """One option chosen in one ballot. `poll` and `single` repeat the ballot's, for the guards.

    `value` is the ballot's value for the option in polls of the family `weigh`, None in others.
    """

    pk: Any = models.CompositePrimaryKey("ballot_id", "option_id")
    ballot = models.ForeignKey(
        Ballot, on_delete=models.CASCADE, related_name="selections", db_constraint=False, db_index=False
    )
    option = models.ForeignKey(
        Option, on_delete=models.CASCADE, related_name="selections", db_constraint=False, db_index=False
    )
    poll = models.ForeignKey(
        Poll, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    single = models.BooleanField()
    value = models.PositiveSmallIntegerField(null=True)

    class Meta:
        verbose_name = _("selection")
        verbose_name_plural = _("selections")
        constraints = [
            models.UniqueConstraint(
                fields=["ballot"], condition=Q(single=True), name="selection_once_in_single_choice"
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(value__gte=1), name="selection_value_counts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ballot_id}: {self.option_id}"


class Participation(models.Model):
    """A mark that somebody took part in an anonymous poll: HMAC(mark key, attendee id). Deleted at the end."""

    pk: Any = models.CompositePrimaryKey("poll_id", "mark")
    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="participations", db_index=False)
    mark = models.BinaryField(max_length=16)

    class Meta:
        verbose_name = _("participation")
        verbose_name_plural = _("participations")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name}, {self.poll_id}"


class MarkKey(models.Model):
    """The key of a live anonymous poll's marks, in a separate table so that a version bump does not copy it."""

    poll = models.OneToOneField(Poll, on_delete=models.CASCADE, primary_key=True, related_name="mark_key")
    key = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("mark key")
        verbose_name_plural = _("mark keys")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name}, {self.poll_id}"


class PendingTally(models.Model):
    """The counts of a batch recorded in parallel to another, until added to the stored tally (docs/adr/0066)."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="+")
    ballots = models.IntegerField()
    counts = models.JSONField(default=dict)  # {option id: difference}

    class Meta:
        verbose_name = _("pending tally")
        verbose_name_plural = _("pending tallies")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name}, {self.poll_id}"
