"""Parts of a text that translations must keep: placeholders, tags, quotation marks that end attributes, plurals."""

import gettext
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Set

import polib

from tools.messages.catalogues import PLURALS

PLACEHOLDER = re.compile(r"%\((\w+)\)([-#0 +]*\d*(?:\.\d+)?[sdifgeEx])|%([sdi%])|(%)")
BRACES = re.compile(r"\{(\w*)\}")
TAG = re.compile(r"</?[A-Za-z][^<>]*>")
ENTITY = re.compile(r"&(?:#?\w+);")
# These end an attribute, or begin what HTML takes for a tag or an entity, and most texts are put out as they are.
SIGNS = {
    '"': "a straight quotation mark ends an attribute; write the language's own",
    "'": "write ’ for an apostrophe, the language's own marks for quotations",
    "<": "an angle bracket that the text does not have",
    ">": "an angle bracket that the text does not have",
    "&": "an ampersand that the text does not have",
}
MOST_COUNTED = 1_000  # numbers to find out which of them share a plural form


def complaints_of(entry: polib.POEntry, language: str) -> Iterator[str]:
    """Yield errors in an entry's translations; `is_missing` finds missing ones."""
    if not entry.msgid_plural:
        if entry.msgstr:
            yield from _complaints(entry.msgid, entry.msgstr)
        return
    if len(entry.msgstr_plural) != PLURALS[language][0]:
        yield f"{len(entry.msgstr_plural)} plural forms, not {PLURALS[language][0]}"
        return
    lone = forms_of_one_number(language)
    for place, text in sorted(entry.msgstr_plural.items()):
        if text:
            source = entry.msgid if place == 0 and len(entry.msgstr_plural) > 1 else entry.msgid_plural
            both = {entry.msgid, entry.msgid_plural}
            yield from _complaints(source, text, may_leave_number_out=place in lone, sources=both)


def is_missing(entry: polib.POEntry) -> bool:
    """Return True if a text, or one of its plural forms, has no approved translation."""
    forms = entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]
    return entry.fuzzy or not all(forms)


def forms_of_one_number(language: str) -> set[int]:
    """Return the plural forms that stand for a single number, which may be left out ("one vote")."""
    rule = plural_rule(language)
    counted = Counter(rule(number) for number in range(MOST_COUNTED))
    return {form for form, numbers in counted.items() if numbers <= 2}


def plural_rule(language: str) -> Callable[[int], int]:
    """Return the function that gives the form of a number."""
    rule: Callable[[int], int] = gettext.c2py(PLURALS[language][1])  # Django uses it too
    return rule


def _complaints(
    source: str, text: str, *, may_leave_number_out: bool = False, sources: Set[str] = frozenset()
) -> Iterator[str]:
    yield from _about_placeholders(source, text, may_leave_number_out, sources or {source})
    if sorted(TAG.findall(source)) != sorted(TAG.findall(text)):
        yield f"tags are {_listed(TAG.findall(text))}, not {_listed(TAG.findall(source))}"
    elif not _is_nested(TAG.findall(text)):
        yield "tags are not closed in order"
    plain, plain_source = (ENTITY.sub("", TAG.sub("", words)) for words in (text, source))
    for sign, why in SIGNS.items():
        if plain.count(sign) > plain_source.count(sign):
            yield f"{sign}: {why}"
    if text.startswith("\n") != source.startswith("\n") or text.endswith("\n") != source.endswith("\n"):
        yield "line ends at the start or the end differ"


def _about_placeholders(source: str, text: str, may_leave_one_out: bool, sources: Set[str]) -> Iterator[str]:
    for pattern in (PLACEHOLDER, BRACES):
        wanted, present = (Counter(match[0] for match in pattern.finditer(words)) for words in (source, text))
        allowed = [Counter(match[0] for match in pattern.finditer(words)) for words in sources]
        if any(present.keys() == counted.keys() for counted in allowed):
            continue
        lacking, foreign = wanted.keys() - present.keys(), present.keys() - wanted.keys()
        if may_leave_one_out and not foreign and len(lacking) == 1:
            continue
        yield f"placeholders are {_listed(present)}, not {_listed(wanted)}"


def _is_nested(tags: list[str]) -> bool:
    open_tags: list[str] = []
    for tag in tags:
        name = re.split(r"[\s>/]", tag.strip("</"))[0]
        if tag.startswith("</"):
            if not open_tags or open_tags.pop() != name:
                return False
        elif name not in {"br", "wbr", "hr", "img"}:
            open_tags.append(name)
    return not open_tags


def _listed(parts: Iterable[str]) -> str:
    return " ".join(sorted(parts)) or "none"
