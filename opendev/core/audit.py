"""The basis of the audit log: which network an action comes from, and where entries are sent besides the database."""

from contextvars import ContextVar
from logging.handlers import SysLogHandler
from typing import Any
from urllib.parse import urlsplit

# The network of the client whose request or socket this is (limits.network_of); "" for commands and for the clock.
current_network: ContextVar[str] = ContextVar("current_network", default="")

LEAST_AUDIT_DAYS = 30  # the minimum of AUDIT_DAYS, so that no intruder can erase traces with a setting
SYSLOG_PORT = 514


class AuditToSyslog(SysLogHandler):
    """Sends entries of the audit log to syslog, under the product's name."""

    ident = "opendev-companion: "
    append_nul = False


def audit_handler(where: str) -> dict[str, Any]:
    """Return the handler to which the audit log is sent besides the database.

    Args:
        where: "", "stdout", "syslog:/dev/log" (a local socket), or "syslog://host:514" (UDP).

    Raises:
        ValueError: it is none of these.
    """
    if not where:
        return {"class": "logging.NullHandler"}
    if where == "stdout":
        return {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "message"}
    address = urlsplit(where)
    if address.scheme == "syslog" and address.hostname:
        target: Any = (address.hostname, address.port or SYSLOG_PORT)
    elif address.scheme == "syslog" and address.path.startswith("/"):
        target = address.path
    else:
        raise ValueError(f"AUDIT_TO must be stdout, syslog:/dev/log or syslog://host:514, not {where!r}.")
    return {
        "()": "opendev.core.audit.AuditToSyslog",
        "address": target,
        "facility": SysLogHandler.LOG_AUTHPRIV,
        "formatter": "message",
    }
