"""`python -m tools.messages`: updates the catalogues. With `--check` it only reports what is wrong with them.

A language after it, named like its folder (de, pt_BR), limits it to that one, and creates a new one.
"""

import os
import sys
from collections.abc import Sequence

import polib

from opendev.settings import LANGUAGES
from tools.messages import catalogues, rules
from tools.messages.sources import NotATextError, Source, all_sources

SHOWN = 25  # complaints of one language


def main(arguments: list[str]) -> int:
    """Return 1 if something is wrong, 2 if nothing could be done."""
    is_check = "--check" in arguments
    named = [argument for argument in arguments if not argument.startswith("--")] or os.environ.get(
        "ONLY", ""
    ).split()
    try:
        sources = all_sources()
        if wrong := two_in_one(sources):
            raise NotATextError(
                wrong.path, wrong.line, "the text is there with and without a plural; give it a context"
            )
        entries = catalogues.entries_of(sources)
        if not is_check:
            for language in named or catalogues.languages():
                write(language, entries)
            return 0
        languages = named or catalogues.languages()
        return max((check(language, entries, is_named=bool(named)) for language in languages), default=0)
    except (NotATextError, catalogues.UnknownLanguageError, OSError) as error:
        print(error, file=sys.stderr)
        return 2


def two_in_one(sources: Sequence[Source]) -> Source | None:
    """Return a text that has a plural in one place and none in another; a catalogue has one entry for both."""
    with_plural = {(source.context, source.text) for source in sources if source.plural}
    alone = (source for source in sources if not source.plural)
    return next((source for source in alone if (source.context, source.text) in with_plural), None)


def write(language: str, entries: Sequence[polib.POEntry]) -> None:
    """Update a language's catalogue, and print how much of it is translated."""
    known = catalogues.read(language) if catalogues.path_of(language).exists() else None
    catalogue = catalogues.updated(language, known, entries)
    catalogues.write(language, catalogue)
    missing = sum(rules.is_missing(entry) for entry in catalogue)
    print(f"{language}: {len(catalogue) - missing} of {len(catalogue)} texts are translated.")


def is_offered(language: str) -> bool:
    """Return True if people can choose the language: then it must be complete."""
    return language.lower().replace("_", "-") in {code for code, _name in LANGUAGES}


def check(language: str, entries: Sequence[polib.POEntry], *, is_named: bool) -> int:
    """Print what is wrong with a catalogue. One in work may lack texts, unless it was asked for by name."""
    path = catalogues.path_of(language)
    catalogue = catalogues.read(language)
    complaints = [
        f"{entry.msgid!r}: {why}" for entry in catalogue for why in rules.complaints_of(entry, language)
    ]
    if is_offered(language) or is_named:
        complaints += [
            f"{entry.msgid!r}: not translated, or fuzzy" for entry in catalogue if rules.is_missing(entry)
        ]
        fresh = catalogues.updated(language, catalogue, entries)
        if str(fresh) != path.read_text(encoding="utf-8"):
            complaints.append("the catalogue is not what the sources make; say `make messages`")
        compiled = path.with_suffix(".mo")
        if not compiled.exists() or compiled.read_bytes() != catalogues.compiled(catalogue):
            complaints.append(f"{compiled.name} is not what the catalogue makes; say `make messages`")
    for complaint in complaints[:SHOWN]:
        print(f"{language}: {complaint}", file=sys.stderr)
    if len(complaints) > SHOWN:
        print(f"{language}: and {len(complaints) - SHOWN} more", file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
