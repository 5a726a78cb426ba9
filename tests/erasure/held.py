"""An event that is over and holds something of people in every way, for the tests of retention."""

from datetime import timedelta

from opendev.erasure.retention import retain_all
from polls.models import Option, Poll
from sessions.attendees.models import Attendance, Attendee
from sessions.programme.models import Session
from sessions.questions.models import Question
from sessions.registrations.models import Registration, RegistrationImport, RegistrationRow
from sessions.registrations.selectors import figures_of
from sessions.retention.services import set_retention
from sessions.suggestions.models import Suggestion
from tests.factories import (
    NOW,
    make_attendee,
    make_event,
    make_line,
    make_poll,
    make_question,
    make_session,
    make_suggestion,
    put_name,
    record,
    support,
    upvote,
    vote_for,
    write_in,
)
from tests.factories.polls import votes_counted
from tests.factories.sessions import organiser_of

NAME, ADDRESS = "Quentin Asker", "quentin@example.org"
LAST_DAY = NOW.date()
LONG_AFTER = NOW + timedelta(days=400)


class Held:
    """An event that is over, with something of two people in every table."""

    def __init__(self):
        self.event = make_event()
        self.caller = organiser_of(self.event)
        self.session = make_session(self.event, starts_at=NOW)
        self.both = [make_attendee(self.session, name=NAME, company="Acme", country="DE") for _ in "ab"]
        self.named = make_poll(self.session, anonymous=False)
        self.secret = make_poll(self.session)
        self.written = make_poll(self.session, kind="words", max=2, anonymous=False)
        for poll in (self.named, self.secret):
            assert record(*[vote_for(poll, attendee, "a") for attendee in self.both]) == ["a", "a"]
        record(write_in(self.written, self.both[0], "quiet", "calm"))
        self.question = make_question(self.session, attendee=self.both[0], name=NAME, text="Why?")
        self.merged = make_question(self.session, attendee=self.both[0], text="Why not?")
        for question in (self.question, self.merged):
            upvote(question, self.both[1])
        Question.objects.filter(pk=self.merged.pk).update(merged_into=self.question)
        self.suggestion = make_suggestion(self.session, "Ours", attendee=self.both[0])
        support(self.suggestion, self.both[1])
        self.line = make_line(self.session)
        for attendee in self.both:
            put_name(self.line, attendee, shown=True, email=ADDRESS, consent=True)
        for number in range(30):
            Registration.objects.create(
                event=self.event,
                email=f"{number}{ADDRESS}",
                name=NAME,
                company=f"c{number}",
                registered_at=NOW,
            )
        brought = RegistrationImport.objects.create(event=self.event, name="list.csv", began_at=NOW)
        RegistrationRow.objects.create(
            brought=brought, number=1, email="bad", value="bad", wrong_field="email"
        )
        Poll.objects.update(state="closed", closed_at=NOW, finalised_at=NOW)
        Session.objects.update(state="over", ended_at=NOW + timedelta(hours=1))
        self.figures = {name: figure.shown for name, figure in figures_of(self.event).items()}

    def keep(self, now=NOW, **days):
        set_retention(event_id=self.event.pk, caller=self.caller, boxes=days, now=now)

    def counts(self):
        """Whatever was counted or said: none of it may change."""
        polls = {poll: votes_counted(poll) for poll in (self.named, self.secret, self.written)}
        words = set(Option.objects.filter(poll=self.written).values_list("text", "count", "state"))
        questions = set(Question.objects.values_list("text", "votes"))
        suggestions = set(Suggestion.objects.values_list("title", "supporters"))
        figures = {name: figure.shown for name, figure in figures_of(self.event).items()}
        return (
            polls,
            words,
            questions,
            suggestions,
            figures,
            Attendee.objects.count(),
            Attendance.objects.count(),
        )


def retained(event, now=LONG_AFTER):
    """Let go of all that is due; return the counts by sort of data, added up."""
    totals = {}
    for batch in retain_all(event.pk, now):
        for data, counts in batch.items():
            for name, number in counts.items():
                totals.setdefault(data, {}).setdefault(name, 0)
                totals[data][name] += number
    return totals


def rows(plan):
    return {deadline.data: counts for deadline, counts in plan.lines}
