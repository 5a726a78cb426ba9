"""Sites that may show an event's screens in a frame of theirs."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from opendev.core.addresses import origin_of

MOST_SITES = 20
# Nothing that could end a directive of a content security policy, or mean more than one host.
SITE = re.compile(
    r"https://[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:[1-9][0-9]{0,4})?"
)


def site_of(text: str) -> str | None:
    """Return an https origin as browsers write it, None for anything else: a path, a user name, a wildcard, http.

    A host beyond ASCII gets its IDNA form, and a slash at the end goes.
    """
    scheme, _colon, rest = text.strip().partition("://")
    host = rest.removesuffix("/")
    if scheme.lower() != "https" or re.search(r"[/?#@\\\s]", host):
        return None
    origin = origin_of(f"https://{host}")
    return origin if origin and SITE.fullmatch(origin) else None


def read_sites(text: str) -> str:
    """Return the sites of a text, one a line, each once and as browsers write it.

    Raises:
        ValidationError: `unknown_site` or `too_many_sites`.
    """
    sites: dict[str, None] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        site = site_of(line)
        if site is None:
            sentence = _("“%(site)s” is not a site such as https://example.org.")
            raise ValidationError(sentence, code="unknown_site", params={"site": line[:200]})
        sites[site] = None
    if len(sites) > MOST_SITES:
        sentence = _("At most %(most)s sites can be allowed.")
        raise ValidationError(sentence, code="too_many_sites", params={"most": MOST_SITES})
    return "\n".join(sites)


def validate_sites(text: str) -> None:
    """Refuse a text that `read_sites` refuses."""
    read_sites(text)
