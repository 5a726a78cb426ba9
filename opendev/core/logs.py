"""What stands in the log: one line or one JSON object an event, with the id of the request or socket it belongs to.

No personal data: addresses lose their secret parts (sign-in links, session codes), and what PostgreSQL quotes of a row
is cut off. Names, votes, cookies and client addresses are never logged.
"""

import json
import logging
import re
import secrets
from contextvars import ContextVar
from datetime import UTC, datetime

_ID = re.compile(r"[A-Za-z0-9_-]{8,64}\Z")
_SECRETS = re.compile(r"(/sign-in/|/j/|/my/|/screen/)[^/\s\"']+")
_QUOTED_ROW = re.compile(r"^DETAIL: .*$", re.MULTILINE)

current_id: ContextVar[str] = ContextVar("current_id", default="")


def new_id(kind: str) -> str:
    """Return a new id: `r-…` for a request, `s-…` for a socket."""
    return f"{kind}-{secrets.token_hex(8)}"


def taken_or_new(given: str) -> str:
    """Return the id that a proxy gave a request, if it looks like one; else a new one."""
    return given if _ID.match(given) else new_id("r")


def without_secrets(text: str) -> str:
    """Return the text without sign-in tokens, session codes and quoted rows."""
    return _QUOTED_ROW.sub("DETAIL: (left out)", _SECRETS.sub(r"\1…", text))


class LineFormatter(logging.Formatter):
    """For people at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line, and the traceback where there is one."""
        mark = current_id.get()
        return without_secrets(super().format(record)) + (f" [{mark}]" if mark else "")


class JsonFormatter(logging.Formatter):
    """For programs: `{"at", "level", "logger", "message", "id"?, "traceback"?}`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line of JSON."""
        said = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_secrets(record.getMessage()),
        }
        if mark := current_id.get():
            said["id"] = mark
        if record.exc_info:
            said["traceback"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(said, ensure_ascii=False)
