"""Whether a frame of the socket keeps docs/asyncapi.yaml: its type, no field too few or too many."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.api.conformity import without_extras

DOCUMENT = "urn:asyncapi"
FILE = Path(__file__).resolve().parents[2] / "docs" / "asyncapi.yaml"
Place = tuple[int, str]  # an object's schema in memory, and one of its properties


class SocketContract:
    """The document. `check` is given frames of the server; `seen` has the properties that they had."""

    def __init__(self) -> None:
        whole = FILE.read_text().replace('$ref: "#/', f'$ref: "{DOCUMENT}#/')
        self.document: dict[str, Any] = yaml.safe_load(whole)
        components = self.document["components"]
        for part in ("messages", "schemas"):
            components[part] = without_extras(components[part])
        resource = Resource.from_contents(self.document, default_specification=DRAFT202012)
        self.registry: Any = Registry().with_resource(DOCUMENT, resource)
        self.seen: set[Place] = set()

    def messages(self, operation: str, *, replies: bool = False) -> list[dict[str, Any]]:
        """The payloads of `command` or `news`, or of the replies to commands."""
        listed = self.document["operations"][operation]
        listed = listed["reply"] if replies else listed
        return [self.resolve(self.resolve(message))["payload"] for message in listed["messages"]]

    def from_server(self) -> list[dict[str, Any]]:
        return self.messages("news") + self.messages("command", replies=True)

    def resolve(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The schema that a `$ref` names, or the schema itself."""
        if "$ref" not in schema:
            return schema
        part: Any = self.document
        for step in schema["$ref"].removeprefix(f"{DOCUMENT}#/").split("/"):
            part = part[step]
        return part

    @staticmethod
    def types_of(payload: dict[str, Any]) -> list[str]:
        kind = payload["properties"]["type"]
        return [kind["const"]] if "const" in kind else list(kind["enum"])

    def faults(self, schema: dict[str, Any], value: Any) -> list[str]:
        validator = Draft202012Validator(schema, registry=self.registry)
        return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]

    def check(self, frame: dict[str, Any]) -> None:
        """Fail when the frame is none of those that the server may send."""
        fitting = [payload for payload in self.from_server() if frame["type"] in self.types_of(payload)]
        assert fitting, f"{frame['type']} is not in the document"
        faults = [self.faults(payload, frame) for payload in fitting]
        assert [] in faults, f"{frame['type']}: {min(faults, key=len)}"
        self.note(fitting[faults.index([])], frame)

    def note(self, schema: dict[str, Any], value: Any) -> None:
        """Keep which properties of the document a value has."""
        schema = self.resolve(schema)
        for choice in schema.get("oneOf", ()):
            if not self.faults(choice, value):
                self.note(choice, value)
        if isinstance(value, list) and "items" in schema:
            for item in value:
                self.note(schema["items"], item)
        if isinstance(value, dict):
            for name, part in schema.get("properties", {}).items():
                if name in value:
                    self.seen.add((id(schema), name))
                    self.note(part, value[name])

    def never_seen(self) -> set[str]:
        """The documented properties that no checked frame had, as `where.property`."""
        missing: set[str] = set()
        visited: set[int] = set()
        for payload in self.from_server():
            for place, where in self.places(payload, self.types_of(payload)[0], visited):
                if place not in self.seen:
                    missing.add(where)
        return missing

    def places(self, schema: dict[str, Any], where: str, visited: set[int]) -> Iterator[tuple[Place, str]]:
        schema = self.resolve(schema)
        if id(schema) in visited:
            return
        visited.add(id(schema))
        for choice in schema.get("oneOf", ()):
            yield from self.places(choice, where, visited)
        if "items" in schema:
            yield from self.places(schema["items"], where, visited)
        for name, part in schema.get("properties", {}).items():
            yield (id(schema), name), f"{where}.{name}"
            yield from self.places(part, f"{where}.{name}", visited)


@cache
def contract() -> SocketContract:
    """The document, read once."""
    return SocketContract()
