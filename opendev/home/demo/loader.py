"""Loads the demo event: a real event of 2020. Counts, times of day and most options are invented, and marked as demo.

It can be loaded in each language of `demo_languages()`; a database can have it in several.
"""

import json
import secrets
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from opendev.core.attendance import AttendeePass, Caller
from opendev.core.languages import shared_language
from opendev.home.demo.files import text_of
from opendev.home.demo.registrations import load_registrations
from opendev.recap.services import draft_recap, publish_recap
from opendev.room.run_sheets import paste_plan
from polls import ballot_store
from polls.ballot_store import NewBallot, NewSelection, row_keys_in
from polls.models import Option, Poll
from polls.services import add_poll, run_again
from polls.services.reading import read_draft
from sessions.attendees.services.joining import join_session
from sessions.follow_ups.services.lines import open_line
from sessions.follow_ups.services.sign_ups import read_wish, sign_up
from sessions.programme.models import Event, EventDay, Person, Resource, Session, SessionRole
from sessions.programme.services.numbering import free_slug
from sessions.questions.models import Question
from sessions.recap.models import NextStep
from sessions.recap.services.writing import edit_recap, write_summary
from sessions.timeline.models import TimelineEntry

FACTS = "containers_in_production.json"


def demo_facts(language: str) -> dict[str, Any]:
    """Return the demo event's content, in one of `demo_languages()`."""
    facts: dict[str, Any] = json.loads(text_of(FACTS, language))
    return facts


@transaction.atomic
def load_demo(now: datetime, language: str = settings.LANGUAGE_CODE) -> Event:
    """Create the demo event with all its content; the caller made sure that it does not exist yet.

    Args:
        language: one of `demo_languages()`: of its texts, its people's screens, and its recap.
    """
    facts = demo_facts(language)
    with shared_language(language):
        return _load_event(facts, language, now)


def _load_event(facts: dict[str, Any], language: str, now: datetime) -> Event:
    event = Event.objects.create(
        **facts["event"], language=language, is_demo=True, visibility=Event.Visibility.PUBLIC
    )
    is_usual = language == settings.LANGUAGE_CODE
    organiser = _user("organiser" if is_usual else f"organiser-{language}", facts["organiser"])
    event.organisers.add(organiser)
    people = {person["slug"]: Person.objects.create(event=event, **person) for person in facts["people"]}
    load_registrations(event, now)
    steps = enumerate(facts["next_steps"], 1)
    NextStep.objects.bulk_create(NextStep(event=event, position=place, **step) for place, step in steps)
    for day in facts["days"]:
        made = EventDay.objects.create(
            event=event, number=day["number"], date=date.fromisoformat(day["date"])
        )
        for session in day["sessions"]:
            words = session if is_usual else {**session, "language": language}
            _load_session(made, words, people, Caller(user_id=organiser.pk), now)
    _publish_recap(event, facts["recap"], Caller(user_id=organiser.pk), now)
    return event


def _publish_recap(event: Event, edits: dict[str, str], organiser: Caller, now: datetime) -> None:
    """Draft the recap, replace headlines as an editor would, and publish it."""
    draft_recap(event_id=event.pk, caller=organiser, now=now)
    for key, text in edits.items():
        edit_recap(event_id=event.pk, caller=organiser, key=key, given={"text": text}, now=now)
    publish_recap(event_id=event.pk, caller=organiser, now=now)


def _user(username: str, name: str) -> User:
    """Return the user, who signs in by link: there is no password."""
    first, _, last = name.partition(" ")
    user, is_new = User.objects.get_or_create(
        username=username, defaults={"first_name": first, "last_name": last}
    )
    if is_new:
        user.set_unusable_password()
        user.save()
    return user


def _load_session(
    day: EventDay, facts: dict[str, Any], people: dict[str, Person], organiser: Caller, now: datetime
) -> None:
    facts = dict(facts)
    roles, polls, lines = facts.pop("roles"), facts.pop("polls", []), facts.pop("sign_up_lines", [])
    questions, summary, plan = facts.pop("questions", []), facts.pop("summary"), facts.pop("run_sheet", [])
    resources = facts.pop("resources", [])
    starts_at = datetime.combine(day.date, time.fromisoformat(facts.pop("starts_at")), UTC)
    went_live_at = {"live": now, "over": starts_at}.get(facts["state"])
    ended_at = starts_at + timedelta(minutes=facts["minutes"]) if facts["state"] == "over" else None
    if "slug" not in facts:  # made of the title, as for a session that somebody adds
        facts["slug"] = free_slug(facts["title"], set(day.event.sessions.values_list("slug", flat=True)))
    session = Session.objects.create(
        day=day, starts_at=starts_at, went_live_at=went_live_at, ended_at=ended_at, **facts
    )
    for position, (slug, role) in enumerate(roles, 1):
        person = people[slug]
        if role == SessionRole.Role.MODERATOR and person.user is None:
            person.user = _user(slug, person.name)
            person.save()
        SessionRole.objects.create(session=session, person=person, role=role, position=position)
    write_summary(session_id=session.pk, caller=organiser, given=summary, now=now)
    for number, poll in enumerate(polls, 1):
        _load_poll(session, poll, number, organiser, now)
    for number, text in enumerate(questions, 1):
        _load_question(session, text, number)
    if plan:
        paste_plan(session_id=session.pk, caller=organiser, text="\n".join(plan), now=now)
    Resource.objects.bulk_create(
        Resource(session=session, position=place, **resource) for place, resource in enumerate(resources, 1)
    )
    _load_timeline(session)
    passes: dict[str, AttendeePass] = {}
    for line in lines:
        _load_line(session, line, people, passes, organiser, now)


def _load_timeline(session: Session) -> None:
    """Fill the timeline of a session that has started, as the services do: chapters are made from it."""
    if session.state == Session.State.UPCOMING:
        return
    verb = TimelineEntry.Verb
    happened: list[tuple[Any, TimelineEntry.Verb, object, str]] = [
        (session.starts_at, verb.SESSION_STARTED, "", "")
    ]
    for poll in Poll.objects.filter(session=session, launched_at__isnull=False):
        happened += [
            (poll.launched_at, verb.POLL_LAUNCHED, poll.pk, poll.question),
            (poll.closed_at, verb.POLL_CLOSED, poll.pk, poll.question),
        ]
    for question in Question.objects.filter(session=session):
        happened.append((question.answered_at, verb.QUESTION_ANSWERED, question.pk, question.text))
    TimelineEntry.objects.bulk_create(
        TimelineEntry(session=session, at=at, verb=what, subject=str(subject), title=title)
        for at, what, subject, title in sorted(happened, key=lambda one: str(one[0]))
    )


def _load_line(
    session: Session,
    facts: dict[str, Any],
    people: dict[str, Person],
    passes: dict[str, AttendeePass],
    organiser: Caller,
    now: datetime,
) -> None:
    """Open a sign-up line with its invented names; a name under several lines is one attendee."""
    facts = dict(facts)
    names, owner = facts.pop("names"), facts.pop("owner")
    given = {**facts, "owner": str(people[owner].pk) if owner else None}
    line = open_line(session_id=session.pk, caller=organiser, given=given, now=now)
    for name, company in names:
        if name not in passes:
            said = {"name": name, "company": company}
            passes[name] = join_session(
                session_id=session.pk, known=None, has_open_line=False, now=now, **said
            )[1]
        wish = read_wish({"shown": True}, line=str(line.pk), attendee=passes[name], now=now)
        sign_up(wish=wish, now=now)


def _load_question(session: Session, text: str, number: int) -> None:
    """Make a question that was asked without a name and answered in the session; the times are invented."""
    answered_at = session.starts_at + timedelta(minutes=12 + 3 * number)
    Question.objects.create(
        session=session,
        text=text,
        state=Question.State.ANSWERED,
        asked_at=session.starts_at + timedelta(minutes=8 + number),
        on_air_at=answered_at - timedelta(minutes=2),
        answered_at=answered_at,
    )


def _load_poll(
    session: Session, facts: dict[str, Any], number: int, organiser: Caller, now: datetime
) -> None:
    """Make round 1, published with its invented ballots, and round 2 as a draft."""
    draft = read_draft(
        {
            "question": facts["question"],
            "options": [{"text": text} for text, _count in facts["options"]],
            **({"visibility": facts["visibility"]} if "visibility" in facts else {}),
        }
    )
    poll = add_poll(session_id=session.pk, caller=organiser, draft=draft, now=now)
    counts = [count for _text, count in facts["options"]]
    launched_at = session.starts_at + timedelta(minutes=5 * number)
    closed_at = launched_at + timedelta(minutes=3)
    for option, count in zip(Option.objects.filter(poll=poll).order_by("position"), counts, strict=True):
        Option.objects.filter(pk=option.pk).update(count=count)
        _insert_ballots(poll, option, count)
    Poll.objects.filter(pk=poll.pk).update(
        state=Poll.State.PUBLISHED,
        number=number,
        ballots=sum(counts),
        launched_at=launched_at,
        closed_at=closed_at,
        published_at=closed_at,
        finalised_at=closed_at,
        version=poll.version + 1,
    )
    run_again(poll_id=poll.pk, caller=organiser, now=now)


def _insert_ballots(poll: Poll, option: Option, count: int) -> None:
    ballots = [
        NewBallot(row, poll.pk, poll.single, secrets.token_bytes(ballot_store.KEY_BYTES), 1, None)
        for row in row_keys_in(poll.pk, count)
    ]
    ballot_store.insert_ballots(ballots)
    ballot_store.insert_selections([NewSelection(b.id, option.pk, poll.pk, poll.single) for b in ballots])
