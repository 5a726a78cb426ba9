"""Errors with stable codes, the same by page, REST and socket.

    DomainError            HTTP
      NotSignedIn          401   who are you
      NotAllowed           403   we know you, and you may not
      NotFound             404   also for "you may not know that it exists"
      Conflict             409   right request, wrong moment
      Malformed            400   the input breaks a rule; `fields` says where
      TooOften             429   come back after `retry_after` seconds

Services define their own errors next to the function that raises them, as subclasses with a code of their own. Callers
branch on the code; the sentence is for people and may be translated.
"""

from collections.abc import Mapping
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Sentence = str | Promise


class DomainError(Exception):
    """A refusal that the caller can act on. Never a bug of ours: bugs are ordinary exceptions."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400
    message: Sentence = _("That is not possible.")
    retry_after: int | None = None

    def __init__(
        self, message: Sentence | None = None, *, fields: Mapping[str, Sentence] | None = None
    ) -> None:
        if message is not None:
            self.message = message
        self.fields = dict(fields or {})
        super().__init__(str(self.code))

    def as_json(self) -> dict[str, object]:
        """Return `{"code", "detail", "fields"?}`, the one shape of errors (docs/live-protocol.md)."""
        body: dict[str, object] = {"code": self.code, "detail": str(self.message)}
        if self.fields:
            body["fields"] = {name: str(sentence) for name, sentence in self.fields.items()}
        return body


class NotSignedIn(DomainError):
    code, status = "not_signed_in", 401
    message = _("Sign in first.")


class NotAllowed(DomainError):
    code, status = "not_allowed", 403
    message = _("You don’t have permission to do that here.")


class NotFound(DomainError):
    code, status = "not_found", 404
    message = _("This does not exist, or you cannot see it.")


class Conflict(DomainError):
    code, status = "conflict", 409
    message = _("That is not possible right now.")


class Malformed(DomainError):
    code, status = "malformed", 400
    message = _("Something in the request is wrong.")


class TooOften(DomainError):
    code, status = "too_often", 429
    message = _("That was too fast. Wait a moment and try again.")
    retry_after = 1


class TryLater(TooOften):
    """The server is too busy; nothing was recorded."""

    code = "try_later"
    message = _("The room is very busy. Try again in a moment.")
    retry_after = 2


class Unavailable(DomainError):
    """The database does not answer, or stores nothing."""

    code, status = "unavailable", 503
    message = _("The server cannot reach its database right now. Nothing was lost. Try again in a moment.")
    retry_after = 3
