"""The log: one line or one JSON object per event, with the id of the request or socket that it belongs to.

No personal data: addresses lose their secret parts (sign-in links, personal links, session codes), and rows quoted by
PostgreSQL are cut off. Names, votes, cookies and client addresses are never logged.
"""

import json
import logging
import random
import re
import threading
import time
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from opendev.core.audit import audit_handler

_ID = re.compile(r"[A-Za-z0-9_-]{8,64}\Z")
# Also if an address is in another one's query (`?next=%2Fjoin%2F…`).
_SECRETS = re.compile(r"((?:/|%2F)(?:sign-in|join|j|my|screen|embed)(?:/|%2F))[^/\s\"'%&]+", re.IGNORECASE)
_QUOTED_ROW = re.compile(r"^DETAIL: .*$", re.MULTILINE)

current_id: ContextVar[str] = ContextVar("current_id", default="")


def new_id(kind: str) -> str:
    """Return a new id: `r-…` for a request, `s-…` for a socket."""
    return f"{kind}-{random.getrandbits(64):016x}"  # to find lines by; it opens nothing


def taken_or_new(request_id: str) -> str:
    """Return the id that a proxy gave a request, if it looks like one; otherwise a new one."""
    return request_id if _ID.match(request_id) else new_id("r")


def without_secrets(text: str) -> str:
    """Return the text without sign-in tokens, session codes and quoted rows."""
    return _QUOTED_ROW.sub("DETAIL: (left out)", _SECRETS.sub(r"\1…", text))


class OnceAMinute:
    """Logs one kind of warning at most once a minute, with the number of those left out. Safe from any thread."""

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
    """Removes the traceback from errors that only the client caused: a wrong Host, a broken path."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, shortened if necessary."""
        record.exc_info = None
        return True


class LineFormatter(logging.Formatter):
    """For people at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line, and the traceback if there is one."""
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
    """Return False for Django's line about each 503: an outage is logged once, when it begins."""
    return getattr(record, "status_code", None) != 503


def logging_settings(form: str, level: str, *, audit_to: str = "") -> dict[str, Any]:
    """Return Django's LOGGING: everything to the console, as `line` or `json`; our own loggers from INFO on.

    Raises:
        ValueError: `audit_to` is not a known destination.
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
            "django": {"handlers": [], "propagate": True},  # instead of Django's own handlers
            "django.request": {"level": "ERROR", "filters": [is_no_refusal_for_an_outage]},
            "django.security": {"handlers": ["short"], "propagate": False},
            "uvicorn": {"handlers": [], "propagate": True, "level": "WARNING"},
            "uvicorn.access": {"handlers": [], "propagate": False},  # it would reveal who requested what
            "channels_redis": {
                "level": "CRITICAL"
            },  # each failed try; our Bus logs when Redis goes and when it is back
            "opendev": {"level": "INFO"},
            "opendev.audit": {"handlers": ["audit"], "propagate": False},
            "polls": {"level": "INFO"},
            "sessions": {"level": "INFO"},
            "etherpad_links": {"level": "INFO"},
        },
    }
