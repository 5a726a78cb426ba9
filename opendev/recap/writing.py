"""The recap as a standalone file: Markdown, plain text, or one self-contained HTML page."""

import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opendev.core.languages import shared_language
from opendev.core.punctuation import headed, in_brackets, marks
from opendev.recap.document import (
    BY_LINE,
    DAY,
    FIGURE,
    LINE,
    LINKS,
    POLL,
    RESOURCE,
    SESSION,
    STEP,
    TITLE,
    Paragraph,
    Source,
)
from opendev.recap.reading import Block, Reading, reading_of
from sessions.programme.models import Event

STYLE = Path(__file__).with_name("standalone.css")
WIDTH = 78
_SIGNS = re.compile(r"([\\`*_\[\]<>#|])")
_BEGINNING = re.compile(r"^(\s*)([+\-=>]|\d+(?=[.)]))", re.MULTILINE)


def file_of(form: str, event: Event, paragraphs: Sequence[Paragraph], language: str) -> tuple[str, str]:
    """Return the type and the text of a file, all of it in the recap's language, since it is passed on.

    Args:
        form: one of `FORMS`.
    """
    content_type, write = FORMS[form]
    with shared_language(language):
        return content_type, write(event, reading_for_file(paragraphs, language))


def reading_for_file(paragraphs: Sequence[Paragraph], language: str) -> Reading:
    """Return the recap as everybody may read it, with absolute addresses."""
    return reading_of([_with_full_addresses(paragraph) for paragraph in paragraphs], language)


def _with_full_addresses(paragraph: Paragraph) -> Paragraph:
    said = tuple(
        replace(sentence, source=Source(sentence.source.label, _full(sentence.source.address)))
        for sentence in paragraph.sentences
    )
    facts = dict(paragraph.facts)
    for key in facts.keys() & {"address", "url"}:
        facts[key] = _full(facts[key])
    if "links" in facts:
        facts["links"] = [{**link, "url": _full(link["url"])} for link in facts["links"]]
    return replace(paragraph, sentences=said, facts=facts)


def _full(address: str) -> str:
    return f"{settings.PUBLIC_URL}{address}" if address.startswith("/") else address


# --- one page of HTML


def as_html(event: Event, reading: Reading) -> str:
    """Return a page that needs no server to be read."""
    style = format_html("<style>{}</style>", STYLE.read_text(encoding="utf-8"))
    return render_to_string("recap/standalone.html", {"event": event, "reading": reading, "style": style})


# --- Markdown


def as_markdown(event: Event, reading: Reading) -> str:
    """Return the recap as Markdown, its sources as footnotes."""
    parts = [part for group in _with_headings(reading) for part in _markdown(event, group)]
    notes = [f"[^{number}]: {_linked(source)}" for number, source in enumerate(reading.sources, 1)]
    return "\n\n".join([*parts, *_demo_note(event, escaped), "\n".join(notes)]).rstrip() + "\n"


def escaped(text: str) -> str:
    """Return a text that Markdown shows literally."""
    return _BEGINNING.sub(r"\1\\\2", _SIGNS.sub(r"\\\1", text)).replace("\n", "  \n")


def _link(label: str, address: str) -> str:
    """Return a link; anything but a web address stays text."""
    if not address.startswith(("http://", "https://")):
        return escaped(label)
    return f"[{escaped(label)}](<{address.replace('<', '%3C').replace('>', '%3E')}>)"


def _linked(source: Source) -> str:
    return _link(source.label, source.address)


def _words(block: Block) -> str:
    return "".join(
        escaped(said.text) + (f"[^{said.footnote}]" if said.footnote else "") + said.gap
        for said in block.words
    )


def _markdown(event: Event, block: Block | str) -> Iterator[str]:
    """Return a block's parts; a string is a heading that the recap puts between kinds."""
    if isinstance(block, str):
        return iter([f"## {escaped(block)}"])
    if block.kind == TITLE:
        return iter([f"# {escaped(block.text)}", escaped(event.name)])
    return iter(MARKDOWN.get(block.kind, lambda block: [_words(block)])(block))


def _markdown_line(block: Block) -> list[str]:
    sign_up = _link(_sign_up(block), block.facts["address"])
    parts = [f"### {escaped(block.facts['title'])}", _words(block), escaped(_names(block)), sign_up]
    return [part for part in parts if part]


def _markdown_figure(block: Block) -> list[str]:
    note = f"[^{block.words[0].footnote}]" if block.words and block.words[0].footnote else ""
    return [f"- **{escaped(block.facts['shown'])}** {escaped(block.facts['label'])}{note}"]


def _markdown_poll(block: Block) -> list[str]:
    columns = block.facts.get("columns", [_("Votes"), _("Share")])
    option = _("Option")
    rows = [
        f"| {option} | {' | '.join(columns)} |",
        f"| --- |{' ---: |' * len(columns)}",
        *(f"| {escaped(row['text'])} | {' | '.join(_cells(row))} |" for row in block.facts["rows"]),
    ]
    table = ["\n".join(rows)] if block.facts["ballots"] else []
    heading = f"### {escaped(_poll_label(block.facts) + marks().colon + block.facts['question'])}"
    return [heading, _words(block), *table, _voted(block.facts)]


def _cells(row: Mapping[str, Any]) -> list[str]:
    """Return the figures of an option; shares if it has no others."""
    return row.get("cells") or [str(row["count"]), f"{row['share']}%"]


def _markdown_resource(block: Block) -> list[str]:
    facts = block.facts
    said = " ".join(part for part in (_link(facts["title"], facts["url"]), escaped(facts["note"])) if part)
    rows = [f"| {escaped(row['label'])} | {row['value']} {escaped(facts['unit'])} |" for row in facts["bars"]]
    label, value = _("What"), _("Value")
    head = [f"| {label} | {value} |", "| --- | ---: |"]
    return [said, *(["\n".join([*head, *rows])] if rows else [])]


MARKDOWN: dict[str, Callable[[Block], list[str]]] = {
    DAY: lambda block: [f"## {_day(block)}{marks().colon}{escaped(block.text)}"],
    SESSION: lambda block: [f"### {escaped(_session(block))}"],
    FIGURE: _markdown_figure,
    BY_LINE: lambda block: [f"*{_words(block)}*"],
    LINKS: lambda block: [" · ".join(_link(label, address) for label, address in _links(block))],
    POLL: _markdown_poll,
    RESOURCE: _markdown_resource,
    LINE: _markdown_line,
    STEP: lambda block: [f"### {_link(block.facts['title'], block.facts['url'])}", _words(block)],
}


# --- plain text


def as_text(event: Event, reading: Reading) -> str:
    """Return the recap as plain text, its sources by number at the end."""
    parts = [part for group in _with_headings(reading) for part in _text(event, group)]
    notes = [
        _wrapped(f"[{number}] {source.label}" + (f" <{source.address}>" if source.address else ""))
        for number, source in enumerate(reading.sources, 1)
    ]
    head = [_underlined(_("Sources"), "-")] if notes else []
    return "\n\n".join([*parts, *_demo_note(event, _wrapped), *head, "\n".join(notes)]).rstrip() + "\n"


def _text(event: Event, block: Block | str) -> Iterator[str]:
    if isinstance(block, str):
        return iter([_underlined(block, "=")])
    if block.kind == TITLE:
        return iter([_underlined(block.text, "="), _wrapped(event.name)])
    return iter(TEXT.get(block.kind, lambda block: [_text_words(block)])(block))


def _text_line(block: Block) -> list[str]:
    sign_up = f"{_sign_up(block)}{marks().colon}{block.facts['address']}"
    parts = [_underlined(block.facts["title"], "-"), _text_words(block), _wrapped(_names(block)), sign_up]
    return [part for part in parts if part]


def _text_figure(block: Block) -> list[str]:
    note = f" [{block.words[0].footnote}]" if block.words and block.words[0].footnote else ""
    return [f"{block.facts['shown']:>8}  {block.facts['label']}{note}"]


def _text_poll(block: Block) -> list[str]:
    heading = _underlined(f"{_poll_label(block.facts)}{marks().colon}{block.facts['question']}", "-")
    rows = [_text_row(row) for row in block.facts["rows"]]
    table = ["\n".join(rows)] if block.facts["ballots"] else []
    return [heading, _text_words(block), *table, _voted(block.facts)]


def _text_row(row: Mapping[str, Any]) -> str:
    if "figure" in row:
        return f"{row['figure']:>5}  {in_brackets(row['text'], row['amount'])}"
    return f"{row['share']:>4}%  {in_brackets(row['text'], str(row['count']))}"


def _text_step(block: Block) -> list[str]:
    parts = [_underlined(block.facts["title"], "-"), _text_words(block), block.facts["url"]]
    return [part for part in parts if part]


def _text_resource(block: Block) -> list[str]:
    facts = block.facts
    parts = [_text_words(block), facts["url"]]
    parts += ["\n".join(f"{row['value']:>8} {facts['unit']}  {row['label']}" for row in facts["bars"])]
    return [part for part in parts if part]


TEXT: dict[str, Callable[[Block], list[str]]] = {
    DAY: lambda block: [_underlined(f"{_day(block)}{marks().colon}{block.text}", "=")],
    SESSION: lambda block: [_underlined(_session(block), "-")],
    FIGURE: _text_figure,
    LINKS: lambda block: ["\n".join(f"{label}{marks().colon}{address}" for label, address in _links(block))],
    POLL: _text_poll,
    RESOURCE: _text_resource,
    LINE: _text_line,
    STEP: _text_step,
}


def _text_words(block: Block) -> str:
    words = (
        f"{said.text} [{said.footnote}] " if said.footnote else said.text + said.gap for said in block.words
    )
    return _wrapped("".join(words).rstrip())


def _wrapped(text: str) -> str:
    lines = [
        textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False)
        for line in text.split("\n")
    ]
    return "\n".join(lines)


def _underlined(text: str, sign: str) -> str:
    folded = _wrapped(text)
    return f"{folded}\n{sign * max(_columns(line) for line in folded.split(chr(10)))}"


def _columns(line: str) -> int:
    """Return how wide a line is in a monospaced font: Chinese, Japanese and Korean characters take two columns."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in line)


# --- shared


def _with_headings(reading: Reading) -> Iterator[Block | str]:
    """Return the blocks, with a heading before the first sign-up line and the first next step."""
    before = ""
    for block in reading.blocks:
        if block.kind != before and block.kind == LINE:
            yield _("Follow-ups")
        if block.kind != before and block.kind == STEP:
            yield _("Next steps")
        before = block.kind
        yield block


def _day(block: Block) -> str:
    return _("Day %(number)d") % {"number": block.facts["number"]}


def _session(block: Block) -> str:
    part = block.facts.get("part")
    return headed(part, block.text) if part else block.text


def _links(block: Block) -> list[tuple[str, str]]:
    labels = {
        "recording": _("Watch the recording"),
        "chapters": _("Its chapters"),
        "notes": _("Read the notes"),
    }
    return [(link.get("label") or labels[link["kind"]], link["url"]) for link in block.facts["links"]]


def _poll_label(facts: Mapping[str, Any]) -> str:
    label = _("Poll %(number)d") % facts if facts["number"] else _("Poll")
    return label + (_(", round %(round)d") % facts if facts["round"] > 1 else "")


def _voted(facts: Mapping[str, Any]) -> str:
    if facts.get("few"):
        return _(
            "Results of polls with this few votes are not published, because they could reveal how individuals voted."
        )
    said = ngettext("%(count)d person voted.", "%(count)d people voted.", facts["ballots"])
    return said % {"count": facts["ballots"]}


def _names(block: Block) -> str:
    names = marks().item.join(in_brackets(name.name, name.company) for name in block.names)
    more = ngettext(" and %(more)d other", " and %(more)d others", block.more) % {"more": block.more}
    return names + more if block.more else names


def _sign_up(block: Block) -> str:
    line = block.facts["announced_line"]
    return _("Sign up on line %(line)d") % {"line": line} if line else _("Sign up")


def _demo_note(event: Event, shape: Callable[[str], str]) -> list[str]:
    if not event.is_demo:
        return []
    words = _("A demo: counts, registrations, times, most options and the links to recordings are made up.")
    return [shape(words)]


FORMS: dict[str, tuple[str, Callable[[Event, Reading], str]]] = {
    "md": ("text/markdown; charset=utf-8", as_markdown),
    "html": ("text/html; charset=utf-8", as_html),
    "txt": ("text/plain; charset=utf-8", as_text),
}
