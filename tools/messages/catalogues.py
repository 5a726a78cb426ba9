"""The catalogues: one PO file per language, in the order of the sources, and an MO file, which Django reads.

Locations have no line numbers and the header no dates, so that a difference shows what changed and nothing else.
"""

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

import polib

from tools.messages.sources import ROOT, Source

FOLDER = ROOT / "opendev" / "locale"
NAME = "LC_MESSAGES/django"
WIDTH = 110
LIKENESS = 0.75  # of a text to one that it replaces, from which its translation is kept as a proposal
ENGLISH = "en_GB"
# What counts a language: how many forms it has, which number takes which form. Whole numbers alone are counted, so
# these differ from CLDR where only fractions or whole millions have a form of their own.
PLURALS = {
    "ar": (
        6,
        "n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5",
    ),
    "de": (2, "n != 1"),
    "es": (2, "n != 1"),
    "fr": (2, "n > 1"),
    "hi": (2, "n > 1"),
    "it": (2, "n != 1"),
    "ja": (1, "0"),
    "ko": (1, "0"),
    "pl": (3, "n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2"),
    "pt_BR": (2, "n > 1"),
    "zh_Hans": (1, "0"),
}
Key = tuple[str, str]


class UnknownLanguageError(Exception):
    """No plural forms are known for a language."""

    def __init__(self, language: str) -> None:
        super().__init__(f"{language}: write its plural forms into tools/messages/catalogues.py first.")


def path_of(language: str) -> Path:
    """Return the path of a language's catalogue."""
    return FOLDER / language / f"{NAME}.po"


def languages() -> list[str]:
    """Return the languages that have a catalogue, named like their folders: de, pt_BR."""
    return sorted(path.parents[1].name for path in FOLDER.glob(f"*/{NAME}.po"))


def key_of(entry: polib.POEntry) -> Key:
    """Return the key of a text: its context and the text, in the singular."""
    return entry.msgctxt or "", entry.msgid


def entries_of(sources: Sequence[Source]) -> list[polib.POEntry]:
    """Return an untranslated entry for each text, in the order of the sources."""
    entries: dict[Key, polib.POEntry] = {}
    for source in sources:
        entry = entries.get((source.context, source.text))
        if entry is None:
            context = source.context or None
            entry = entries[source.context, source.text] = polib.POEntry(msgid=source.text, msgctxt=context)
        if (source.path, "") not in entry.occurrences:
            entry.occurrences.append((source.path, ""))
        if source.plural and not entry.msgid_plural:
            entry.msgid_plural = source.plural
        if source.comment and source.comment not in entry.comment:
            entry.comment = f"{entry.comment}\n{source.comment}".strip()
        entry.flags = ["python-format"] if "%" in entry.msgid + entry.msgid_plural else []
    return list(entries.values())


def read(language: str) -> polib.POFile:
    """Return a language's catalogue."""
    return polib.pofile(str(path_of(language)), wrapwidth=WIDTH)


def updated(language: str, known: polib.POFile | None, entries: Sequence[polib.POEntry]) -> polib.POFile:
    """Return the catalogue with just these entries, and the translations that it had.

    A new text that reads much like one that is gone gets its translation as a proposal, marked fuzzy.

    Raises:
        UnknownLanguageError
    """
    catalogue = _empty(language)
    wanted = {key_of(entry) for entry in entries}
    translated = {key_of(entry): entry for entry in known or [] if not entry.obsolete}
    left = {entry.msgid: entry for key, entry in translated.items() if key not in wanted and _has_text(entry)}
    number = PLURALS[language][0]
    for entry in entries:
        fresh = polib.POEntry(**{name: getattr(entry, name) for name in ("msgid", "msgid_plural", "msgctxt")})
        fresh.occurrences, fresh.comment, fresh.flags = entry.occurrences, entry.comment, list(entry.flags)
        old = translated.get(key_of(entry))
        if old is None and left:
            close = get_close_matches(entry.msgid, left, n=1, cutoff=LIKENESS)
            old = left[close[0]] if close else None
            if old is not None:
                fresh.flags.append("fuzzy")
                fresh.previous_msgid = old.msgid
        elif old is not None and old.fuzzy:
            fresh.flags.append("fuzzy")
            fresh.previous_msgid = old.previous_msgid
        _take_text(fresh, old, number)
        catalogue.append(fresh)
    return catalogue


def _take_text(fresh: polib.POEntry, old: polib.POEntry | None, number: int) -> None:
    """Give an entry the translation of an older one, with as many forms as the language has."""
    forms = list(old.msgstr_plural.values()) or [old.msgstr] if old else []
    if fresh.msgid_plural:
        fresh.msgstr_plural = {place: forms[place] if place < len(forms) else "" for place in range(number)}
    elif forms:
        fresh.msgstr = forms[-1] if old and old.msgid_plural else forms[0]
    if old is not None:
        fresh.tcomment = old.tcomment


def _has_text(entry: polib.POEntry) -> bool:
    return bool(entry.msgstr or any(entry.msgstr_plural.values()))


def _empty(language: str) -> polib.POFile:
    if language not in PLURALS:
        raise UnknownLanguageError(language)
    number, rule = PLURALS[language]
    catalogue = polib.POFile(wrapwidth=WIDTH)
    catalogue.header = f" Words and tone: docs/languages/{language}.md; rules: docs/languages/README.md"
    catalogue.metadata = {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": f"nplurals={number}; plural=({rule});",
    }
    return catalogue


def compiled(catalogue: polib.POFile) -> bytes:
    """Return what Django reads: the translations that are whole, none of those that are proposals."""
    whole = polib.POFile()
    whole.metadata = catalogue.metadata
    for entry in catalogue:
        is_whole = all(entry.msgstr_plural.values()) if entry.msgid_plural else bool(entry.msgstr)
        if is_whole and not entry.fuzzy and not entry.obsolete:
            whole.append(entry)
    return bytes(whole.to_binary())


def write(language: str, catalogue: polib.POFile) -> None:
    """Write a catalogue and its compiled form."""
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{catalogue}", encoding="utf-8")
    path.with_suffix(".mo").write_bytes(compiled(catalogue))
