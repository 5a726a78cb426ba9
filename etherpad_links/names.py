"""Names that people type below a heading: which pad lines are names, and how they are read."""

import re
from dataclasses import dataclass

ADDRESS = re.compile(r"[<(\[]?\s*(?:mailto:)?[^\s<>()\[\]@]+@[^\s<>()\[\]@]+\.[^\s<>()\[\]@]+\s*[>)\]]?")
LINK = re.compile(r"[<(\[]?\s*(?:[a-z][a-z0-9+.-]*://|www\.)\S+", re.IGNORECASE)
BARE_LINK = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?:[/?#:]\S*)", re.IGNORECASE)  # example.org/people
WITH_COMPANY = re.compile(r"(?P<name>[^()]+?)\s*\((?P<company>[^()]+)\)")
EDGES = " .,!?…:;()[]\"'“”*_-–+"
AGREEMENT = re.compile(r"[+-]\d+\b[\s:;,.!–-]*")  # "+1", also with text after it
PRONOUNS = re.compile(r"\W*(?:(?:she|her|hers|he|him|his|they|them|theirs|any)\b\W*)+")
AGREEMENTS = (
    "me|me too|me 2|me as well|i am in|i'm in|im in|count me in|same|same here|plus one|interested|yes|yes please"
    "|i am interested|i'm interested|agreed|ditto|likewise|as above|same as above"
)
PLACEHOLDERS = (
    "tbd|tba|tbc|to be decided|to be announced|to be confirmed|to do|todo|wip|n/a|none|nobody|no one|anyone|anybody"
    "|anyone else|everyone|everybody|somebody|someone|who|who else|others|name|names|your name|your name here|etc"
    "|add your name|add your names|add your name here|add your names here|please add your name|and more"
    "|please add your name here|write your name here|sign up here"
)
NOBODY = frozenset(f"{AGREEMENTS}|{PLACEHOLDERS}".split("|"))  # placeholders for a name in a list


@dataclass(frozen=True, slots=True)
class TypedName:
    """A person as written in a pad. `company` is "" if there is none."""

    name: str
    company: str = ""


def read_name(text: str) -> TypedName | None:
    """Return the name in a text, or None if it is not a person: an agreement, a placeholder, a link, an address.

    Addresses next to a name are dropped, since names are shown to everybody. "Name (Company)", as we write it, is
    split.
    """
    plain = " ".join(ADDRESS.sub(" ", LINK.sub(" ", text)).split()).rstrip(" ,;:-–|/<([")
    plain = plain[found.end() :] if (found := AGREEMENT.match(plain)) else plain
    if BARE_LINK.fullmatch(plain) or not any(sign.isalpha() for sign in plain):
        return None
    if plain.casefold().replace("’", "'").strip(EDGES) in NOBODY:
        return None
    parts = WITH_COMPANY.fullmatch(plain)
    if parts is None or PRONOUNS.fullmatch(parts["company"].casefold()):
        return TypedName(plain)
    if not any(sign.isalpha() for sign in parts["name"]):
        return None
    return TypedName(parts["name"].strip(), " ".join(parts["company"].split()))
