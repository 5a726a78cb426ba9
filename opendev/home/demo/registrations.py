"""The demo's registrations: invented, marked as such, and always the same; the figures are 700+, 470 and 70+."""

from datetime import datetime, timedelta

import pycountry

from sessions.programme.models import Event
from sessions.registrations.models import Registration

PEOPLE, COMPANIES, COUNTRIES = 706, 470, 73
FIRST = [
    "Ada",
    "Bo",
    "Chidi",
    "Dalia",
    "Emre",
    "Farah",
    "Goran",
    "Hana",
    "Ines",
    "Jun",
    "Kofi",
    "Lena",
    "Mateo",
]
LAST = ["Abara", "Berg", "Costa", "Duarte", "Eriksen", "Fofana", "Gupta", "Haddad", "Ito", "Jansen", "Kim"]
BUSINESS = ["Networks", "Cloud", "Systems", "Telecom", "Labs", "Hosting", "Research"]
PLACE = [
    "Amber",
    "Birch",
    "Cedar",
    "Delta",
    "Ember",
    "Fjord",
    "Grove",
    "Harbour",
    "Island",
    "Juniper",
    "Kestrel",
]


def load_registrations(event: Event, now: datetime) -> None:
    """Register invented people. Their addresses end in `.example`, which cannot exist."""
    countries = sorted(country.alpha_2 for country in pycountry.countries)[
        :: len(pycountry.countries) // COUNTRIES
    ]
    people = []
    for number in range(PEOPLE):
        company = number % COMPANIES
        people.append(
            Registration(
                event=event,
                email=f"demo-{number + 1}@company-{company + 1}.example",
                name=f"{FIRST[number % len(FIRST)]} {LAST[number // len(FIRST) % len(LAST)]}",
                company=f"{PLACE[company % len(PLACE)]} {BUSINESS[company % len(BUSINESS)]} {company // 77 + 1} (demo)",
                country=countries[number % COUNTRIES],
                is_demo=True,
                registered_at=now - timedelta(minutes=number),
            )
        )
    Registration.objects.bulk_create(people)
