"""docs/asyncapi.yaml and docs/live-protocol.md say what the socket does, and nothing else."""

import ast
import re
from pathlib import Path

from opendev.core.errors import DomainError, Unavailable
from opendev.room.consumers import RoomConsumer
from opendev.urls import urlpatterns
from tests.support.socket_contract import contract

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ["opendev", "sessions", "polls", "etherpad_links"]
PROTOCOL = (ROOT / "docs" / "live-protocol.md").read_text()
# What travels between the server and the application, and between processes; clients see none of it.
NOT_FRAMES = re.compile(r"(websocket|http|lifespan|live)\.|(http|websocket|https?)\Z")


def section(heading: str) -> str:
    """The text of the protocol from a heading, or the head of a table, to the next empty line after its rows."""
    return PROTOCOL.partition(heading)[2].strip("\n").split("\n\n")[0]


def frames_in_the_code() -> set[str]:
    """The types of all frames that the code writes down: `"type": "…"` in a dictionary."""
    texts = {
        value.value
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and key.value == "type" and isinstance(value, ast.Constant)
    }
    types = {text for text in texts if isinstance(text, str) and re.fullmatch(r"[a-z_.]+", text)}
    return {kind for kind in types if not NOT_FRAMES.match(kind)} - SCHEMA_TYPES


SCHEMA_TYPES = {"object", "array", "string", "integer", "number", "boolean", "null"}


def documented_errors() -> dict[str, set[int]]:
    rows = re.findall(r"^\| `(\w+)` \| ([\d, ]+) \|", PROTOCOL, flags=re.MULTILINE)
    assert len(rows) == len(dict(rows)), "a code stands there twice"
    codes = {code: {int(status) for status in statuses.split(", ")} for code, statuses in rows}
    return {code: statuses for code, statuses in codes.items() if not code.isdigit()}


def errors_of_the_code() -> dict[str, set[type[DomainError]]]:
    """Every error that may be answered, by its code; the urls have loaded all that answers."""
    assert urlpatterns
    assert issubclass(Unavailable, DomainError)
    kinds, waiting = set(), [DomainError]
    while waiting:
        waiting += waiting.pop().__subclasses__()
        kinds |= set(waiting)
    by_code: dict[str, set[type[DomainError]]] = {}
    for kind in kinds:
        if kind.__module__.split(".")[0] in PACKAGES:
            by_code.setdefault(kind.code, set()).add(kind)
    return by_code


def test_commands_are_those_of_both_documents():
    document = {kind for payload in contract().messages("command") for kind in contract().types_of(payload)}
    page = set(re.findall(r"\b[a-z_]+\.[a-z_]+\b", section("| from the client | |\n| --- | --- |")))
    assert set(RoomConsumer.commands) == document
    assert set(RoomConsumer.commands) == page


def test_frames_are_those_of_both_documents():
    document = {kind for payload in contract().from_server() for kind in contract().types_of(payload)}
    page = set(re.findall(r'"type": "([\w.]+)"', section("| from the server | |\n| --- | --- |")))
    assert frames_in_the_code() == document
    assert document == page


def objects_of_the_page() -> list[tuple[str, set[str], set[str]]]:
    """Each frame and command of the two tables: its type, the fields of its object, and those that the remark adds."""
    tables = [
        section("| from the server | |\n| --- | --- |"),
        section("| from the client | |\n| --- | --- |"),
    ]
    objects = []
    for row in "\n".join(tables).splitlines():
        quoted = re.findall(r"`([^`]+)`", row)
        more = {name for text in quoted if text.startswith('"') for name in re.findall(r'^"(\w+)"', text)}
        for text in quoted:
            if text.startswith('{"type"'):
                objects.append((text.split('"')[3], top_level_names(text[1:-1]), more))
    return objects


def top_level_names(text: str) -> set[str]:
    """The keys of an object's text, without those of the objects in it: `"now", "poll": {"id"}` has now and poll."""
    flat, depth = "", 0
    for letter in text:
        depth += letter in "{["
        flat += letter if depth == 0 else ""
        depth -= letter in "}]"
    return set(re.findall(r'"(\w+)"', re.sub(r':\s*"[^"]*"', ":", flat)))


def test_frames_and_commands_of_the_page_have_the_fields_of_the_document():
    documented: dict[str, list[set[str]]] = {}
    for payload in contract().from_server() + contract().messages("command"):
        for kind in contract().types_of(payload):
            documented.setdefault(kind, []).append(set(payload["properties"]))
    said = objects_of_the_page()
    assert {kind for kind, _fields, _more in said} == documented.keys()
    assert [
        (kind, fields)
        for kind, fields, more in said
        if not any(fields <= known <= fields | more for known in documented[kind])
    ] == []


def test_every_error_code_is_in_the_page_with_its_status_and_no_other_is():
    errors = errors_of_the_code()
    statuses = {code: {kind.status for kind in kinds} for code, kinds in errors.items() if code != "error"}
    assert documented_errors() == statuses


def test_every_error_code_is_raised_by_some_test():
    tests = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__))
    words = set(re.findall(r"\w+", tests))
    untested = {
        code
        for code, kinds in errors_of_the_code().items()
        if code != "error" and code not in words and not words & {kind.__name__ for kind in kinds}
    }
    assert untested == set()
