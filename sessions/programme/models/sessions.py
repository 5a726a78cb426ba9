"""Sessions: one moderated discussion each."""

import secrets
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from opendev.core.languages import language_tag, offered
from opendev.core.punctuation import headed, marks
from sessions.programme.models.events import Event, EventDay

BREAK = "break"  # the kind of sessions that are breaks


def new_code() -> str:
    """Return six random digits; no leading zero, since codes are read aloud and typed as numbers."""
    return str(secrets.randbelow(900_000) + 100_000)


def free_codes(number: int) -> list[str]:
    """Return as many join codes that no session has."""
    codes: set[str] = set()
    while len(codes) < number:
        wanted = {new_code() for _ in range(number - len(codes))}
        codes |= wanted - set(Session.objects.filter(code__in=wanted).values_list("code", flat=True))
    return sorted(codes, key=hash)


class Session(models.Model):
    """One session of a day. People set its state, or the closer automatically if `runs_by_clock` is set."""

    class State(models.TextChoices):
        UPCOMING = "upcoming", _("Upcoming")
        LIVE = "live", _("Live")
        OVER = "over", _("Over")

    class Shows(models.TextChoices):
        """What the presenter screen shows while the session is not over."""

        ON_AIR = "on_air", _("What is on")
        CODE = "code", _("The join code")
        QUESTIONS = "questions", _("Questions")
        BLANK = "blank", _("Nothing")

    class Theme(models.TextChoices):
        """How the presenter screen looks."""

        DARK = "dark", _("Dark")
        LIGHT = "light", _("Light")

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="sessions", editable=False)
    day = models.ForeignKey(EventDay, on_delete=models.CASCADE, related_name="sessions")
    slug = models.SlugField(_("address"), max_length=120)
    title = models.CharField(_("title"), max_length=300)
    subtitle = models.CharField(_("subtitle"), max_length=300, blank=True)
    short_title = models.CharField(_("short title"), max_length=120, blank=True)
    part = models.CharField(_("part of a longer topic"), max_length=40, blank=True)
    topic = models.TextField(_("what it is about"), max_length=10_000, blank=True)
    description = models.TextField(_("more about it"), max_length=20_000, blank=True)
    prompts = models.TextField(_("questions to begin with"), max_length=4000, blank=True)
    place = models.CharField(_("room or stream"), max_length=120, blank=True)
    track = models.CharField(_("track"), max_length=120, blank=True)
    kind = models.CharField(_("kind"), max_length=60, blank=True)
    language = models.CharField(_("language"), max_length=20, blank=True)
    starts_at = models.DateTimeField(_("starts at"))
    minutes = models.PositiveSmallIntegerField(_("planned minutes"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.UPCOMING)
    went_live_at = models.DateTimeField(_("went live at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    runs_by_clock = models.BooleanField(_("runs by the clock"), default=False)
    code = models.CharField(_("join code"), max_length=6, unique=True, default=new_code)
    call_url = models.URLField(_("address of the video call"), max_length=500, blank=True)
    recording_url = models.URLField(_("address of the recording"), max_length=500, blank=True)
    questions_named = models.BooleanField(_("questions may carry a name"), default=True)
    questions_moderated = models.BooleanField(_("questions wait for approval"), default=False)
    suggestions_open = models.BooleanField(
        _("attendees may suggest follow-ups"), default=True, db_default=True
    )
    suggestions_moderated = models.BooleanField(
        _("suggested follow-ups wait for approval"), default=False, db_default=False
    )
    reactions_open = models.BooleanField(_("attendees may react"), default=False, db_default=False)
    reactions_on_screen = models.BooleanField(
        _("the presenter screen shows reactions"), default=True, db_default=True
    )
    screen_is_open = models.BooleanField(_("anybody may open the presenter screen"), default=True)
    screen_shows = models.CharField(
        _("the presenter screen shows"),
        max_length=10,
        choices=Shows.choices,
        default=Shows.ON_AIR,
        db_default=Shows.ON_AIR,
    )
    screen_theme = models.CharField(
        _("colours of the presenter screen"),
        max_length=10,
        choices=Theme.choices,
        default=Theme.DARK,
        db_default=Theme.DARK,
    )
    version = models.PositiveBigIntegerField(default=1, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True, editable=False)
    # Its identity in calendars and other programs' schedules: never changes, and is kept when it is imported.
    guid = models.UUIDField(default=uuid.uuid4, editable=False)
    external_id = models.PositiveBigIntegerField(null=True, blank=True, editable=False)
    imported_at = models.DateTimeField(null=True, blank=True, editable=False)
    calendar_sequence = models.PositiveIntegerField(default=0, editable=False)
    # When a change was last announced to calendars, and when anything in their entry last changed.
    calendar_changed_at = models.DateTimeField(default=timezone.now, editable=False)
    calendar_modified_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["day", "starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "slug"], name="session_slug_once_an_event"),
            models.UniqueConstraint(fields=["event", "guid"], name="session_guid_once_an_event"),
            models.CheckConstraint(
                condition=models.Q(state__in=["upcoming", "live", "over"]), name="session_state_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^[1-9][0-9]{5}$"), name="session_code_is_six_digits"
            ),
            models.CheckConstraint(
                condition=models.Q(screen_shows__in=["on_air", "code", "questions", "blank"]),
                name="session_screen_shows_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(screen_theme__in=["dark", "light"]), name="session_screen_theme_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(minutes__gte=1), name="session_lasts_a_minute_at_least"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the event in addition to the day: it makes the address unique, and saves a join in every query.

        A new session's code is drawn again if it is taken: among a million codes, a thousand sessions collide quite
        often.
        """
        if self._state.adding and Session.objects.filter(code=self.code).exists():
            (self.code,) = free_codes(1)
        self.event_id = self.day.event_id
        self.short_title = self.short_title or self.usual_short_title
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        """Return the address of the room."""
        return self.address("room")

    def address(self, page: str, **more: object) -> str:
        """Return the address of a page of the session, by the page's URL name."""
        return reverse(page, kwargs={"event": self.event.slug, "session": self.slug, **more})

    @property
    def content_language(self) -> str:
        """The language in which people speak and write in it, as a tag; it can be any language."""
        return language_tag(self.language) or self.event.spoken_language

    @property
    def spoken_language(self) -> str:
        """The language of shared texts in the room: its own if it is offered, otherwise the event's."""
        return offered(language_tag(self.language)) or self.event.spoken_language

    @property
    def ends_at(self) -> datetime:
        """When it ends as planned."""
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def is_cancelled(self) -> bool:
        """Whether it was cancelled."""
        return self.cancelled_at is not None

    @property
    def shown_state(self) -> str:
        """The state that people see: `upcoming`, `live`, `over`, or `cancelled`."""
        is_off = self.is_cancelled and self.state == self.State.UPCOMING
        return "cancelled" if is_off else str(self.state)

    @property
    def is_break(self) -> bool:
        """Whether it is a break in the programme, without a room."""
        return self.kind.lower() == BREAK

    @property
    def takes_place(self) -> bool:
        """Whether people meet in it: it is neither cancelled nor a pause."""
        return not (self.is_cancelled or self.is_break)

    @property
    def title_with_part(self) -> str:
        """The title among the other parts of the same topic: "Part Two: Who runs it?"."""
        return headed(self.part, self.title) if self.part else self.title

    @property
    def usual_short_title(self) -> str:
        """The default short title: it distinguishes the parts of a split session."""
        return self.title_with_part[:120]

    @property
    def prompt_lines(self) -> list[str]:
        """The opening questions, one per line."""
        return [line.strip() for line in self.prompts.splitlines() if line.strip()]

    @property
    def calendar_facts(self) -> tuple[Any, ...]:
        """The facts whose changes are announced to people who put the session into a calendar."""
        return (self.title_with_part, self.starts_at, self.minutes, self.place, self.is_cancelled)

    @property
    def calendar_texts(self) -> tuple[Any, ...]:
        """The rest of a calendar's entry, whose changes are not announced."""
        return (self.topic, self.slug)

    @property
    def last_modified(self) -> datetime:
        """When its calendar entry last changed. Its people must be loaded."""
        people = (role.person.changed_at for role in self.people)
        return max([self.calendar_modified_at, *(moment for moment in people if moment)])

    @property
    def code_spaced(self) -> str:
        """The code in two groups of three digits, as it is read aloud."""
        return f"{self.code[:3]} {self.code[3:]}"

    @property
    def people(self) -> list[Any]:
        """The roles of the session, in their order; prefetched by the selectors."""
        return list(self.roles.all())

    @property
    def by_line(self) -> str:
        """Who leads the session, with their companies: "John Garbutt, Stack HPC"."""
        return _join_groups(self.groups_of_people())

    @property
    def by_line_long(self) -> str:
        """The same with job titles."""
        return _join_groups(self.groups_of_people(with_jobs=True))

    def groups_of_people(self, *, with_jobs: bool = False) -> list[tuple[list[str], list[str]]]:
        """Return who leads the session, as (names, description): people of the same company are one group."""
        people = [
            (role.person.name, [role.person.company, *([role.person.title] if with_jobs else [])])
            for role in self.people
        ]
        if len({tuple(said) for _name, said in people}) == 1:
            return [([name for name, _said in people], [part for part in people[0][1] if part])]
        return [([name], [part for part in said if part]) for name, said in people]

    @property
    def moderator_first_name(self) -> str:
        """The first moderator's name for the room; "" if there is none."""
        return next((role.person.first_name for role in self.people if role.role == "moderator"), "")


def _join_groups(groups: list[tuple[list[str], list[str]]]) -> str:
    """Return "A, X and B, Y", or "A and B, X"."""
    return _(" and ").join(marks().comma.join([_(" and ").join(names), *said]) for names, said in groups)
