"""Shapes shared by all parts of the OpenAPI description."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers


class ErrorShape(serializers.Serializer[Any]):
    """The shape of every refusal."""

    code = serializers.CharField()
    detail = serializers.CharField()
    fields = serializers.DictField(child=serializers.CharField(), required=False)  # type: ignore[assignment]


WORDS = {
    400: "Something in the request is not as it should be; `fields` names where.",
    401: "Nobody is signed in, or the token is not valid.",
    403: "The caller is known, and may not.",
    404: "There is no such thing, or the caller may not know that it exists.",
    405: "This address does not support that method.",
    406: "This address answers in JSON.",
    409: "The right request at the wrong moment.",
    411: "Content-Length is missing.",
    413: "The body is too large.",
    415: "The body must be application/json.",
    429: "Too often; Retry-After says when to come back.",
}
READ = (401, 404, 405, 406, 429)
WRITE = (400, 401, 403, 404, 405, 406, 409, 411, 413, 415, 429)

# An operation that does not need a token, but recognises its sender by one.
OPEN: Any = [{"bearer": []}, {}]


def answers(shape: Any, *, status: int = 200, refusals: tuple[int, ...] = READ) -> dict[int, Any]:
    """Return the responses of an operation: the shape of its answer, and its refusals."""
    return {
        status: shape,
        **{code: OpenApiResponse(ErrorShape, description=WORDS[code]) for code in refusals},
    }
