"""One session's part of the draft."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from opendev.core.punctuation import as_sentence, in_brackets, join_sentences, join_words, marks, quoted
from opendev.recap.document import (
    BY_LINE,
    LINE,
    LINKS,
    POLL,
    PROSE,
    QUESTION,
    RESOURCE,
    SESSION,
    Paragraph,
    Sentence,
    Source,
)
from opendev.recap.material import Material
from opendev.recap.wording import FEWEST, RightAnswer, in_words, poll_words, votes
from polls.kinds import DEFAULT_FIELD, Family, Kind, ResultRow, Tally, kind_named
from polls.kinds.right_answers import right_words
from polls.kinds.rounds import may_compare, rounds_of, rounds_sentence
from polls.kinds.shares import bar_widths, whole_shares, wrote_it
from polls.models import Option, Poll
from polls.selectors import WrittenOptions, moderators_options, options_of
from polls.serializers import tally_of
from polls.written_store import Written
from sessions.follow_ups.selectors.lines import LineWithNames
from sessions.programme.models import Resource, Session, SessionRole
from sessions.questions.models import Question
from sessions.recap.models import SessionSummary

BY = {
    SessionRole.Role.HOST: gettext_noop("Hosted by %(names)s."),
    SessionRole.Role.PRESENTER: gettext_noop("Presented by %(names)s."),
    SessionRole.Role.MODERATOR: gettext_noop("Moderated by %(names)s."),
}


@dataclass(frozen=True, slots=True)
class SessionDraft:
    """The draft of one session."""

    found: Material
    session: Session

    def paragraphs(self) -> Iterator[Paragraph]:
        """Return the session's paragraphs in their order."""
        session = self.session
        heading = Sentence(session.title, programme_of(self.found))
        about = {"part": session.part, "summary": session.address("session-summary")}
        yield self._part("", SESSION, heading, **about)
        yield from self._by_line()
        summary = self.found.summaries.get(session.pk)
        if summary:
            yield from self._said(summary, "opening", summary.opening)
        polls = self.found.polls.get(session.pk, [])
        for poll in polls:
            yield poll_paragraph(poll, session)
            yield from rounds_paragraph(poll, polls, session)
        if summary:
            yield from self._said(summary, "discussion", summary.discussion)
        yield from self._headings()
        for question in self.found.questions.get(session.pk, []):
            yield self._question(question)
        if summary:
            yield from self._said(summary, "onward", summary.onward)
        yield from self._lines()
        yield from self._suggestions()
        for resource in self.found.resources.get(session.pk, []):
            yield self._resource(resource)
        yield from self._links()

    def _part(self, name: str, kind: str, /, *sentences: Sentence, **facts: object) -> Paragraph:
        key = f"session/{self.session.pk}/{name}".rstrip("/")
        return Paragraph(key, kind, sentences, {"session": self.session.pk, **facts})

    def _source(self, label: str, address: str = "") -> Source:
        """Return a source in this session, with its name: footnotes of several sessions are in one list."""
        words = _("%(source)s, in %(session)s") % {
            "source": label,
            "session": quoted(self.session.short_title),
        }
        return Source(words, address or self.session.get_absolute_url())

    def _by_line(self) -> Iterator[Paragraph]:
        for role, words in BY.items():
            people = [_person(held) for held in self.session.people if held.role == role]
            if people:
                text = _(words) % {"names": join_words(people)}
                yield self._part(f"by/{role}", BY_LINE, Sentence(text, programme_of(self.found)))

    def _said(self, summary: SessionSummary, name: str, text: str) -> Iterator[Paragraph]:
        if text:
            by = _("Summary by %(name)s") % {"name": summary.written_by}
            source = self._source(by if summary.written_by else _("The summary"))
            yield self._part(name, PROSE, Sentence(text, source))

    def _headings(self) -> Iterator[Paragraph]:
        """Return the headings of the notes, except the session's title and its sign-up lines."""
        known = {
            self.session.title,
            *(found.line.title for found in self.found.lines.get(self.session.pk, [])),
        }
        headings = [text for text in self.found.headings.get(self.session.pk, []) if text not in known]
        if headings:
            text = _("The notes have sections on: %(headings)s.") % {
                "headings": marks().semicolon.join(headings)
            }
            source = self._source(_("Headings in the notes"), self.found.notes.get(self.session.pk, ""))
            yield self._part("headings", PROSE, Sentence(text, source))

    def _question(self, question: Question) -> Paragraph:
        source = self._source(_("Questions that were answered"))
        words = [
            Sentence(_("Asked and answered: %(question)s") % {"question": quoted(question.text)}, source)
        ]
        if question.answer:
            words.append(Sentence(question.answer, source))
        return self._part(f"question/{question.pk}", QUESTION, *words)

    def _resource(self, resource: Resource) -> Paragraph:
        """Return a link, a picture's address, or a chart with its table."""
        text = resource.title
        if resource.note:
            text = join_sentences((as_sentence(text), resource.note))
        facts = {
            "kind": resource.kind,
            "title": resource.title,
            "note": resource.note,
            "url": resource.url,
            "unit": resource.unit,
            "bars": resource.bars,
        }
        sentence = Sentence(text, self._source(_("The resources")))
        return self._part(f"resource/{resource.pk}", RESOURCE, sentence, **facts)

    def _lines(self) -> Iterator[Paragraph]:
        lines = [found.line for found in self.found.lines.get(self.session.pk, [])]
        if lines:
            named = [
                _("%(title)s (add your name on line %(line)d)")
                % {"title": quoted(line.title), "line": line.announced_line}
                if line.announced_line
                else quoted(line.title)
                for line in lines
            ]
            count = len(lines)
            text = ngettext(
                "One follow-up came out of it: %(lines)s.",
                "%(count)s follow-ups came out of it: %(lines)s.",
                count,
            )
            said = text % {"count": in_words(count).capitalize(), "lines": join_words(named)}
            source = self._source(_("The sign-up lines"))
            yield self._part("sign-ups", PROSE, Sentence(said, source))

    def _suggestions(self) -> Iterator[Paragraph]:
        """Return suggestions that were supported but not opened; without counts, which may be of a few people."""
        suggestions = self.found.suggestions.get(self.session.pk, [])
        if suggestions:
            count, titles = len(suggestions), join_words([quoted(each.title) for each in suggestions])
            text = ngettext(
                "One more follow-up was suggested and supported: %(titles)s.",
                "%(count)s more follow-ups were suggested and supported: %(titles)s.",
                count,
            ) % {"count": in_words(count).capitalize(), "titles": titles}
            sentence = Sentence(text, self._source(_("Follow-ups suggested in the room")))
            yield self._part("suggestions", PROSE, sentence, suggestions=[each.pk for each in suggestions])

    def _links(self) -> Iterator[Paragraph]:
        links = []
        if self.session.recording_url:
            links.append({"kind": "recording", "url": self.session.recording_url})
            links.append({"kind": "chapters", "url": self.session.address("recording")})
        if notes := self.found.notes.get(self.session.pk):
            links.append({"kind": "notes", "url": notes})
        if links:
            yield self._part("links", LINKS, links=links)


def programme_of(found: Material) -> Source:
    """Return the programme as a source."""
    return Source(_("The programme"), found.event.get_absolute_url())


def _person(held: SessionRole) -> str:
    """Return "John Garbutt (Stack HPC, principal engineer)"."""
    about = (word for word in (held.person.company, held.person.title) if word)
    return in_brackets(held.person.name, marks().comma.join(about))


MOST_WRITTEN = 20  # of the written answers in a poll


def poll_paragraph(poll: Poll, session: Session) -> Paragraph:
    """Return a poll's result in words, with the content of its chart."""
    single, kind = poll.single, kind_named(poll.kind)
    answers = options_of(poll, most=None if kind.may_pick else MOST_WRITTEN)
    if isinstance(answers, WrittenOptions) and kind.may_pick:
        answers[:] = [answer for answer in answers if answer.is_picked]
    options = [(option.text, option.count) for option in answers]
    tally = tally_of(poll, answers)
    own_words = kind.sentences_of(tally)
    weighs = kind.family == Family.WEIGH
    rows = _chart_rows(poll, kind, tally, answers)
    facts = {
        "session": session.pk,
        "poll": poll.pk,
        "question": poll.question,
        "number": poll.number,
        "round": poll.round,
        "ballots": poll.ballots,
        "picture": session.address("poll-picture", poll=poll.pk),
        "single": single,
        "most": max((count for _text, count in options), default=0),
        "written": kind.is_written and not kind.is_ordered,
        "rows": rows if kind.is_ordered or weighs else sorted(rows, key=lambda row: -int(str(row["count"]))),
    }
    if weighs:
        facts |= {"columns": [str(heading) for heading in kind.columns], "explained": str(kind.footnote)}
    source = Source(_ballots_label(poll), session.get_absolute_url())
    said = [
        Sentence(text, source)
        for text in poll_words(options, poll.ballots, single=single, own_words=own_words, right=_right(poll))
    ]
    return Paragraph(f"poll/{poll.pk}", POLL, tuple(said), facts)


def rounds_paragraph(poll: Poll, told: Sequence[Poll], session: Session) -> Iterator[Paragraph]:
    """Return what changed since the previous round, if everybody may see both and enough people voted in each."""
    kind = kind_named(poll.kind)
    earlier = [
        each
        for each in told
        if (each.first_round_id, each.kind) == (poll.first_round_id, poll.kind) and each.round < poll.round
    ]
    if not earlier or not may_compare(kind):
        return
    before = max(earlier, key=lambda each: each.round)
    if min(poll.ballots, before.ballots) < FEWEST:
        return
    first, second = ((each.round, tally_of(each, options_of(each))) for each in (before, poll))
    sentence = Sentence(
        rounds_sentence(rounds_of(kind, first, second)),
        Source(_ballots_label(poll), session.get_absolute_url()),
    )
    facts = {"session": session.pk, "polls": [before.pk, poll.pk]}
    yield Paragraph(f"poll/{poll.pk}/rounds", PROSE, (sentence,), facts)


def _chart_rows(
    poll: Poll, kind: Kind, tally: Tally, answers: Sequence[Option | Written]
) -> list[dict[str, Any]]:
    """Return the chart's values for each option, in the options' order or by the kind's ranking."""
    counts = [answer.count for answer in answers]
    shares, widths = whole_shares(counts, poll.ballots, single=poll.single), bar_widths(counts, poll.ballots)
    rows: list[dict[str, Any]] = [
        {"text": answer.text, "count": answer.count, "share": share, "width": width, "option": answer.pk}
        for answer, share, width in zip(answers, shares, widths, strict=True)
    ]
    notes = {option.id: wrote_it(option.written) for option in tally.options if option.written}
    rows = [
        {**row, **({"note": notes[str(row["option"])]} if str(row["option"]) in notes else {})}
        for row in rows
    ]
    if poll.right_revealed_at is not None and kind.field == DEFAULT_FIELD:
        rows = [{**row, "right": place in (poll.right_answer or ())} for place, row in enumerate(rows, 1)]
    if kind.family == Family.WEIGH:
        return [{**rows[row.index], **_own_figures(row)} for row in kind.rows(tally)]
    return rows


def _right(poll: Poll) -> RightAnswer | None:
    """Return the right answer that was revealed, for the sentence about it."""
    if poll.right_revealed_at is None or not poll.right_answer:
        return None
    kind, options = kind_named(poll.kind), [] if poll.family == Family.WRITE else moderators_options(poll)
    words = right_words(tuple(poll.right_answer), kind, [option.text for option in options], poll.rules)
    return RightAnswer(
        tuple(words), poll.right_count or 0, one_will_do=kind.one_row, is_order=kind.has_places
    )


def _ballots_label(poll: Poll) -> str:
    """Return the data for the sentences about a poll."""
    return _("The ballots of %(poll)s, %(votes)s") % {
        "poll": quoted(poll.question),
        "votes": votes(poll.ballots),
    }


def _own_figures(row: ResultRow) -> dict[str, Any]:
    """Return the chart's values for an option in place of votes and share, and its row of the table."""
    shown = {"figure": f"{row.figure}{row.unit}", "amount": row.amount, "note": row.note, "width": row.width}
    return {**shown, "lead": row.is_lead, "cells": list(row.cells)}


def line_paragraph(found: LineWithNames, session: Session) -> Paragraph:
    """Return a sign-up line. Its names are looked up when it is read, so that a withdrawn name disappears at once."""
    line = found.line
    source = Source(_("The sign-up line"), line.get_absolute_url())
    words = [_("From %(session)s.") % {"session": quoted(session.short_title)}]
    if line.summary:
        words.append(line.summary)
    facts = {
        "session": session.pk,
        "line": line.pk,
        "title": line.title,
        "address": line.get_absolute_url(),
        "announced_line": line.announced_line,
    }
    return Paragraph(f"line/{line.pk}", LINE, tuple(Sentence(word, source) for word in words), facts)
