"""Whether an answer of REST keeps the served OpenAPI document: its status, its type, no field too few or too many."""

import copy
import re
from typing import Any

import httpx
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

DOCUMENT = "urn:contract"
ERROR = "#/components/schemas/ErrorShape"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def without_extras(schema: Any) -> Any:
    """The same schema, in which an object with described properties may have no others."""
    if isinstance(schema, list):
        return [without_extras(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    strict = {key: without_extras(part) for key, part in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        strict.setdefault("additionalProperties", False)
    return strict


class Contract:
    """The served document. `check` is given every answer of the tests of REST."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        strict = copy.deepcopy(document)
        strict["components"]["schemas"] = without_extras(document["components"]["schemas"])
        resource = Resource.from_contents(strict, default_specification=DRAFT202012)
        self.registry: Any = Registry().with_resource(DOCUMENT, resource)
        self.validators: dict[str, Any] = {}
        self.patterns = [
            (re.compile(re.sub(r"{\w+}", "[^/]+", template) + r"\Z"), template)
            for template in sorted(
                document["paths"], key=lambda path: path.count("{")
            )  # "mine" before "{sign_up}"
        ]

    def template_of(self, path: str) -> str | None:
        """The document's address for a path, or None."""
        return next((template for pattern, template in self.patterns if pattern.match(path)), None)

    def operation(self, method: str, path: str) -> dict[str, Any] | None:
        template = self.template_of(path)
        method = "get" if method == "HEAD" else method.lower()
        return self.document["paths"][template].get(method) if template else None

    def check(self, response: httpx.Response) -> None:
        """Fail when the answer is not as the document says; what it does not describe must be a coded refusal."""
        request = response.request
        where = f"{request.method} {request.url.path}: {response.status_code}"
        if request.method in {"HEAD", "OPTIONS"} or request.url.path in {"/api/v1/schema/", "/api/v1/docs/"}:
            return
        operation = self.operation(request.method, request.url.path)
        if operation is None:
            assert response.status_code >= 400, f"{where} is not in the document"
            self.validate(ERROR, response, where)
            return
        described = operation["responses"].get(str(response.status_code))
        assert described is not None, f"{where} is not documented"
        if response.status_code == 429:
            assert response.headers["Retry-After"].isdigit(), where
        if response.status_code == 204:
            assert not response.content, where
            return
        form = response.headers["content-type"].split(";")[0]
        if form != "application/json" and form in described.get("content", {}):
            return  # a file; what is in it other tests read
        template, status = self.template_of(request.url.path), response.status_code
        pointer = f"/paths/{str(template).replace('/', '~1')}/{request.method.lower()}/responses/{status}"
        self.validate(f"#{pointer}/content/application~1json/schema", response, where)

    def validate(self, schema: str, response: httpx.Response, where: str) -> None:
        assert response.headers["content-type"].split(";")[0] == "application/json", where
        troubles = [
            f"{where}, {error.json_path}: {error.message}"
            for error in self.validator(schema).iter_errors(response.json())
        ]
        assert not troubles, "\n".join(troubles)
        wrong = [text for key, text in times_in(response.json()) if not TIME.fullmatch(text)]
        assert not wrong, f"{where}: not ISO 8601 in UTC: {wrong}"

    def validator(self, schema: str) -> Any:
        """The validator of a part of the document, made once."""
        if schema not in self.validators:
            part = {"$ref": f"{DOCUMENT}{schema}"}
            self.validators[schema] = Draft202012Validator(part, registry=self.registry)
        return self.validators[schema]


def times_in(value: Any) -> list[tuple[str, str]]:
    """Every text under a key that ends in `_at`."""
    if isinstance(value, list):
        return [found for part in value for found in times_in(part)]
    if not isinstance(value, dict):
        return []
    here = [(key, text) for key, text in value.items() if key.endswith("_at") and isinstance(text, str)]
    return here + [found for key, part in value.items() if key != "fields" for found in times_in(part)]
