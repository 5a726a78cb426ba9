"""The Content-Security-Policy: pages may load our files and, if the operator allows it, a pad in a frame."""

from collections.abc import Sequence
from typing import Any

from csp.constants import NONE, SELF


def content_security_policy(host: str, is_https: bool, *, frames: Sequence[str]) -> dict[str, Any]:
    """Return django-csp's setting for the host that browsers see."""
    return {
        "DIRECTIVES": {
            "default-src": [NONE],
            "script-src": [SELF],
            "style-src": [SELF],
            "img-src": [SELF, "data:"],
            "font-src": [SELF],
            # Older versions of Safari do not accept 'self' for sockets, so the address is named too.
            "connect-src": [SELF, f"{'wss' if is_https else 'ws'}://{host}"],
            "manifest-src": [SELF],
            **({"frame-src": list(frames)} if frames else {}),
            "form-action": [SELF],
            "base-uri": [NONE],
            "frame-ancestors": [NONE],
            "object-src": [NONE],
        }
    }
