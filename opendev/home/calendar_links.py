"""Links that add a calendar to people's programs: by subscribing to it, or by a page of the program.

Google and Outlook document none of these addresses; they are taken from their own buttons, and from public notes on
them: https://github.com/InteractionDesignFoundation/add-event-to-calendar-docs.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlencode, urlsplit

from sessions.programme.models import Session

GOOGLE = "https://calendar.google.com/calendar/render"
OUTLOOK = "https://outlook.live.com/calendar/0/"
MOST_DETAILS = 600  # characters: an address with a whole description is refused by some servers


@dataclass(frozen=True)
class Subscription:
    """A calendar called `name` at `address`, which stays up to date for its subscribers."""

    name: str
    address: str

    @property
    def webcal(self) -> str:
        """Return the address that opens calendar programs: the same with another scheme."""
        return f"webcal://{urlsplit(self.address).netloc}{urlsplit(self.address).path}"

    @property
    def google(self) -> str:
        """Return Google's page that asks whether to subscribe. It takes no `https:` address."""
        return _with(GOOGLE, cid=self.webcal)

    @property
    def outlook(self) -> str:
        """Return Outlook's page that asks whether to subscribe. It takes no `webcal:` address."""
        return _with(f"{OUTLOOK}addfromweb", url=self.address, name=self.name)


@dataclass(frozen=True)
class Entry:
    """One session, as a single entry: it does not follow when the session moves."""

    session: Session
    base_url: str

    @property
    def details(self) -> str:
        """Return the text of the entry: where the session is, and what it is about."""
        address = f"{self.base_url}{self.session.get_absolute_url()}"
        return f"{address}\n\n{self.session.topic}"[:MOST_DETAILS].strip()

    @property
    def google(self) -> str:
        """Return Google's form for a new entry, filled in."""
        days = f"{_basic(self.session.starts_at)}/{_basic(self.session.ends_at)}"
        return _with(
            GOOGLE,
            action="TEMPLATE",
            text=self.session.title_with_part,
            dates=days,
            details=self.details,
            location=self.session.place,
        )

    @property
    def outlook(self) -> str:
        """Return Outlook's form for a new entry, filled in."""
        return _with(
            f"{OUTLOOK}deeplink/compose",
            path="/calendar/action/compose",
            rru="addevent",
            subject=self.session.title_with_part,
            startdt=_extended(self.session.starts_at),
            enddt=_extended(self.session.ends_at),
            body=self.details,
            location=self.session.place,
        )


def _with(page: str, **fields: str) -> str:
    # "%20" and not "+": Outlook shows the plus signs
    given = {name: value for name, value in fields.items() if value}
    return f"{page}?{urlencode(given, quote_via=quote)}"


def _basic(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _extended(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
