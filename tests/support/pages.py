"""Pages as a browser reads them, so that tests do not depend on how a template is wrapped."""

import re


def squeezed(markup: str) -> str:
    """Return the markup without line breaks beside tags, and with one space between attributes."""
    markup = re.sub(r"<[^>]*>", lambda tag: re.sub(r"\s+", " ", tag[0]).replace(" >", ">"), markup)
    markup = re.sub(r"\s*\n\s*(?=<)|(?<=>)\s*\n\s*", "", markup)
    return re.sub(r" *\n +", " ", markup)
