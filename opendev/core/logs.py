"""What stands in the log: one line or one JSON object an event, with the id of the request or socket it belongs to.

No personal data: addresses lose their secret parts (sign-in links, personal links, session codes), and what PostgreSQL
quotes of a row is cut off. Names, votes, cookies and client addresses are never logged.
"""

import json
import logging
import re
import secrets
import threading
import time
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from opendev.core.audit import audit_handler

_ID = re.compile(r"[A-Za-z0-9_-]{8,64}\Z")
# Also where an address stands in another one's query (`?next=%2Fjoin%2F…`).
_SECRETS = re.compile(r"((?:/|%2F)(?:sign-in|join|j|my|screen)(?:/|%2F))[^/\s\"'%&]+", re.IGNORECASE)
_QUOTED_ROW = re.compile(r"^DETAIL: .*$", re.MULTILINE)

current_id: ContextVar[str] = ContextVar("current_id", default="")


def new_id(kind: str) -> str:
    """Return a new id: `r-…` for a request, `s-…` for a socket."""
    return f"{kind}-{secrets.token_hex(8)}"


def taken_or_new(request_id: str) -> str:
    """Return the id that a proxy gave a request, if it looks like one; else a new one."""
    return request_id if _ID.match(request_id) else new_id("r")


def without_secrets(text: str) -> str:
    """Return the text without sign-in tokens, session codes and quoted rows."""
    return _QUOTED_ROW.sub("DETAIL: (left out)", _SECRETS.sub(r"\1…", text))


class OnceAMinute:
    """Says one kind of thing at most once a minute, and how often it happened meanwhile. Safe from any thread."""

    def __init__(self, log: logging.Logger) -> None:
        self.log = log
        self.next_at = 0.0
        self.unsaid = 0
        self.lock = threading.Lock()

    def say(self, text: str, *values: object) -> None:
        """Write a warning, or count it."""
        now = time.monotonic()
        with self.lock:
            if now < self.next_at:
                self.unsaid += 1
                return
            unsaid, self.unsaid, self.next_at = self.unsaid, 0, now + 60
        if unsaid:
            text, values = text + " (%d more since the last line.)", (*values, unsaid)
        self.log.warning(text, *values)


class WithoutTraceback(logging.Filter):
    """Cuts the traceback off what a client alone is to blame for: a wrong Host, a broken path."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, shorter."""
        record.exc_info = None
        return True


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
        entry = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_secrets(record.getMessage()),
        }
        if mark := current_id.get():
            entry["id"] = mark
        if record.exc_info:
            entry["traceback"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(entry, ensure_ascii=False)


def is_no_refusal_for_an_outage(record: logging.LogRecord) -> bool:
    """Return False for Django's line about each 503: an outage is said once, when it begins."""
    return getattr(record, "status_code", None) != 503


def logging_settings(form: str, level: str, *, audit_to: str = "") -> dict[str, Any]:
    """Return Django's LOGGING: everything to the console, as `line` or `json`; what is ours from INFO on.

    Raises:
        ValueError: `audit_to` is no place that we know.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": "opendev.core.logs.LineFormatter",
                "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
            },
            "json": {"()": "opendev.core.logs.JsonFormatter"},
            "message": {"format": "%(message)s"},
        },
        "filters": {"short": {"()": "opendev.core.logs.WithoutTraceback"}},
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": form},
            "short": {"class": "logging.StreamHandler", "formatter": form, "filters": ["short"]},
            "audit": audit_handler(audit_to),
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"handlers": [], "propagate": True},  # not Django's own handlers beside ours
            "django.request": {"level": "ERROR", "filters": [is_no_refusal_for_an_outage]},
            "django.security": {"handlers": ["short"], "propagate": False},
            "uvicorn": {"handlers": [], "propagate": True, "level": "WARNING"},
            "uvicorn.access": {"handlers": [], "propagate": False},  # it would tell who asked for what
            "channels_redis": {
                "level": "CRITICAL"
            },  # each failed try; our Bus says when Redis goes and when it is back
            "opendev": {"level": "INFO"},
            "opendev.audit": {"handlers": ["audit"], "propagate": False},
            "polls": {"level": "INFO"},
            "sessions": {"level": "INFO"},
            "etherpad_links": {"level": "INFO"},
        },
    }
