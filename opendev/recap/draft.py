"""The draft of a recap: every sentence is made from recorded data, and names its source."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opendev.core.dates import day_words, short_span_words, span_words
from opendev.core.punctuation import as_sentence, in_figures, join_words, marks, without_odd_blanks
from opendev.recap.document import DAY, FIGURE, LEDE, STEP, THANKS, TITLE, Paragraph, Sentence, Source
from opendev.recap.draft_session import SessionDraft, line_paragraph, programme_of
from opendev.recap.material import Material, is_of_few, material_of
from opendev.recap.wording import in_words
from sessions.programme.models import Event
from sessions.recap.models import NextStep


def draft(event: Event) -> list[Paragraph]:
    """Return the recap of an event from its current data. It only reads."""
    found = material_of(event)
    return [*_head(found), *_days(found), *_follow_ups(found), *_steps(found), *_thanks(found)]


def _about(event: Event) -> Source:
    return Source(_("The event’s description"), event.get_absolute_url())


def _head(found: Material) -> Iterator[Paragraph]:
    event = found.event
    yield Paragraph("event/title", TITLE, (Sentence(event.name, _about(event)),))
    said = [text for text in (as_sentence(event.series), event.summary) if text]
    yield Paragraph("event/lede", LEDE, (*(Sentence(text, _about(event)) for text in said), *_reach(found)))
    words = {
        "registered": _("participants"),
        "companies": _("companies"),
        "countries": _("countries"),
    }
    for name, label in words.items():
        figure = found.figures[name]
        if figure.shown != "0":
            facts = {"shown": figure.shown, "label": label}
            sentence = Sentence(f"{figure.shown} {label}", Source(figure.source))
            yield Paragraph(f"event/figures/{name}", FIGURE, (sentence,), facts)
    yield from _votes(found)


def _reach(found: Material) -> Iterator[Sentence]:
    """Return the sentence with the figures, in words: only with those that exist."""
    figures = {name: figure for name, figure in found.figures.items() if figure.shown != "0"}
    if "registered" not in figures:
        return
    sources = marks().semicolon.join(
        figures[name].source for name in ("registered", "companies", "countries") if name in figures
    )
    said = {name: _at_least(figure.shown) for name, figure in figures.items()}
    if {"companies", "countries"} <= figures.keys():
        text = (
            _("%(registered)s people registered, from %(countries)s countries and %(companies)s companies.")
            % said
        )
    else:
        text = _("%(registered)s people registered.") % said
    text = without_odd_blanks(text)
    yield Sentence(text[0].upper() + text[1:], Source(sources))


def _at_least(shown: str) -> str:
    """Return "700+" as it is said in a sentence: "more than 700"."""
    return _("more than %(number)s") % {"number": shown[:-1]} if shown.endswith("+") else shown


def _votes(found: Material) -> Iterator[Paragraph]:
    told = [poll for session in found.sessions for poll in found.polls.get(session.pk, [])]
    polls = [poll for poll in told if not is_of_few(poll)]  # a sum would reveal what they were
    total = sum(poll.ballots for poll in polls)
    if total:
        label = ngettext("votes in %(polls)s poll", "votes in %(polls)s polls", len(polls)) % {
            "polls": in_words(len(polls))
        }
        source = Source(_("Counted from the ballots of the polls below"))
        shown = in_figures(total)
        facts = {"shown": shown, "label": label, "polls": [poll.pk for poll in polls]}
        yield Paragraph("event/figures/votes", FIGURE, (Sentence(f"{shown} {label}", source),), facts)


def _days(found: Material) -> Iterator[Paragraph]:
    for day in found.days:
        sessions = found.sessions_of(day)
        if not sessions:
            continue
        facts = {"number": day.number, "date": day.date.isoformat()}
        heading = Sentence(day_words(day.date, "l j F Y"), programme_of(found))
        yield Paragraph(f"day/{day.number}", DAY, (heading,), facts)
        for session in sessions:
            yield from SessionDraft(found, session).paragraphs()


def _follow_ups(found: Material) -> Iterator[Paragraph]:
    for session in found.sessions:
        for line in found.lines.get(session.pk, []):
            yield line_paragraph(line, session)


def _steps(found: Material) -> Iterator[Paragraph]:
    source = Source(_("The event’s next steps"), found.event.get_absolute_url())
    for step in found.next_steps:
        yield _step(f"step/{step.pk}", step, source)
    named = {step.title for step in found.next_steps}
    for step, key in _of_series(found):
        if step.title not in named:
            yield _step(key, step, Source(_("The other events of the series"), step.url))


def _step(key: str, step: NextStep, source: Source) -> Paragraph:
    facts = {"kind": step.kind, "title": step.title, "url": step.url, "when": when(step)}
    words = [Sentence(step.text, source)] if step.text else []
    if step.starts_on and step.kind == NextStep.Kind.UPCOMING:
        words.insert(
            0, Sentence(as_sentence(span_words(step.starts_on, step.ends_on or step.starts_on)), source)
        )
    return Paragraph(key, STEP, tuple(words), facts)


def _of_series(found: Material) -> Iterator[tuple[NextStep, str]]:
    """Return the earlier and later events of the series, as steps that nobody has to enter."""
    dates = [day.date for day in found.days]
    for other in found.series if dates else []:
        is_later = other.first > max(dates)
        if is_later or other.last < min(dates):
            step = NextStep(
                kind=NextStep.Kind.UPCOMING if is_later else NextStep.Kind.EARLIER,
                title=other.event.name,
                text="" if is_later else _("An earlier event of the series."),
                starts_on=other.first,
                ends_on=other.last,
                url=other.event.get_absolute_url(),
            )
            yield step, f"step/event-{other.event.pk}"


def when(step: NextStep) -> str:
    """Return the dates of a next step for the margin: "19–23 Oct"; "" if it has none."""
    if step.starts_on is None or step.kind == NextStep.Kind.EARLIER:
        return ""
    return short_span_words(step.starts_on, step.ends_on or step.starts_on)


def _thanks(found: Material) -> Iterator[Paragraph]:
    event, words = found.event, []
    if event.sponsors_line:
        words.append(Sentence(as_sentence(event.sponsors_line), Source(_("The event’s sponsors"))))
    if found.committee:
        text = _("The programme was put together by the Programming Committee: %(names)s.") % {
            "names": join_words(found.committee)
        }
        source = Source(
            _("People of the event who are on the committee"), reverse("programme", args=[event.slug])
        )
        words.append(Sentence(text, source))
    if words:
        yield Paragraph("event/thanks", THANKS, (Sentence(_("With thanks."), words[0].source), *words))
