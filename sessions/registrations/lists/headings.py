"""The headings of lists: which heading means which field, in English, German, French and Spanish.

A heading is compared by its words: case, accents, marks such as "*" and ":" and the spellings of "e-mail" do not
matter. A question from a form ("Which country are you in?") means a field if it has a word for that field and otherwise
only words of `FILLERS`, so that "Company size" is not a company and "Emergency contact name" not a name.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from django.utils.translation import gettext as _

FIELDS = ("email", "name", "first_name", "last_name", "company", "country", "call_url", "state")
# For each field the headings that mean it, the most certain first: the ticket holder before the buyer.
TIERS: dict[str, tuple[tuple[str, ...], ...]] = {
    "email": (
        (
            *(
                "attendee email",
                "attendee email address",
                "attendees email",
                "participant email",
                "guest email",
            ),
            *("registrant email", "ticket holder email", "email of attendee", "teilnehmer email"),
            *("teilnehmer email adresse", "email des teilnehmers", "email adresse des teilnehmers"),
            *("email du participant", "email participant", "adresse email du participant"),
            *("email del asistente", "correo electronico del asistente"),
        ),
        (
            *("email", "email address", "mail", "mail address", "emails", "email adresse", "emailadresse"),
            *("mailadresse", "mail adresse", "adresse email", "adresse mail", "courriel", "adresse courriel"),
            *("adresse electronique", "correo", "correo electronico", "direccion de correo electronico"),
            *("direccion de email", "direccion de correo", "primary email", "user email", "login email"),
        ),
        (),
        (
            *("buyer email", "buyer email address", "purchaser email", "order email", "customer email"),
            *("billing email", "invoice email", "contact email", "email of orderer", "besteller email"),
            *("email des bestellers", "email de l acheteur", "email acheteur", "email del comprador"),
        ),
    ),
    "name": (
        (
            *("attendee name", "attendee full name", "attendee", "participant name", "guest name"),
            *("registrant name", "ticket holder name", "name des teilnehmers", "teilnehmername"),
            *("nom du participant", "nombre del asistente", "participant", "registrant", "teilnehmer"),
        ),
        (
            *(
                "name",
                "full name",
                "fullname",
                "first and last name",
                "first name last name",
                "vollstandiger name",
            ),
            *("vor und nachname", "vorname nachname", "vorname und nachname", "nom complet", "prenom et nom"),
            *("nom et prenom", "prenom nom", "nom prenom", "nombre completo", "nombre y apellidos"),
            *("nombre y apellido", "name given and family", "nom"),
        ),
        (),
        ("display name", "user name original name", "name original name", "badge name", "preferred name"),
        ("user name", "username"),
    ),
    "first_name": (
        ("attendee first name", "attendee name given name", "attendee given name"),
        (
            *("first name", "given name", "firstname", "forename", "given names", "first names", "vorname"),
            *("rufname", "prenom", "prenoms", "nombre", "nombres", "nombre s", "primer nombre", "vorname n"),
        ),
    ),
    "last_name": (
        ("attendee last name", "attendee surname", "attendee name family name", "attendee family name"),
        (
            *("last name", "family name", "surname", "lastname", "familyname", "nachname", "familienname"),
            *("zuname", "nom de famille", "apellido", "apellidos", "apellido s", "primer apellido"),
        ),
    ),
    "company": (
        (
            "attendee company",
            "company",
            "company name",
            "organization",
            "organisation",
            "employer",
            "affiliation",
        ),
        (
            *("organization name", "organisation name", "institution", "firma", "firmenname", "unternehmen"),
            *(
                "arbeitgeber",
                "organisation unternehmen",
                "entreprise",
                "societe",
                "organisme",
                "etablissement",
            ),
            *(
                "employeur",
                "empresa",
                "compania",
                "organizacion",
                "institucion",
                "entidad",
                "company affiliation",
            ),
        ),
    ),
    "country": (
        (
            "attendee country",
            "country",
            "country name",
            "country region",
            "country region name",
            "country code",
        ),
        (
            *("country of residence", "country or region", "land", "herkunftsland", "wohnsitzland", "pays"),
            *("pays de residence", "pays region", "pais", "pais de residencia", "pais region", "land region"),
        ),
        (),
        ("work country", "home country", "billing country", "country of work"),
    ),
    "call_url": (
        (
            *(
                "join link",
                "join url",
                "personal link",
                "personal join link",
                "unique join link",
                "unique join url",
            ),
            *("link", "teilnahmelink", "personlicher link", "lien de participation", "lien personnel"),
            *("enlace personal", "enlace de acceso"),
        ),
    ),
    "state": (
        (
            *("status", "approval status", "attendee status", "registration status", "registration state"),
            *(
                "order status",
                "ticket status",
                "rsvp",
                "rsvp status",
                "attending",
                "going",
                "will you attend",
            ),
            *("canceled", "cancelled", "is canceled", "is cancelled", "storniert", "anmeldestatus"),
            *("teilnahmestatus", "bestellstatus", "statut", "statut de l inscription", "annule", "estado"),
            *("estado de la inscripcion", "cancelado", "position canceled", "canceled at", "cancelled at"),
        ),
    ),
}
WEAK_TIER = 2  # the tier of questions from forms; those below it are substitutes, such as nicknames
KEYWORDS: dict[str, frozenset[str]] = {
    "email": frozenset({"email", "emails", "mail", "courriel", "correo", "emailadresse", "mailadresse"}),
    "first_name": frozenset({"first", "given", "forename", "vorname", "prenom", "firstname"}),
    "last_name": frozenset(
        {"last", "family", "surname", "nachname", "familienname", "apellido", "apellidos", "lastname"}
    ),
    "name": frozenset({"name", "names", "nom", "nombre", "fullname"}),
    "company": frozenset(
        {
            *(
                "company",
                "companies",
                "organization",
                "organisation",
                "organizations",
                "organisations",
                "employer",
            ),
            *("affiliation", "institution", "institute", "university", "firm", "firma", "unternehmen"),
            *(
                "arbeitgeber",
                "universitat",
                "hochschule",
                "entreprise",
                "societe",
                "organisme",
                "etablissement",
            ),
            *("employeur", "universite", "empresa", "compania", "organizacion", "institucion", "universidad"),
        }
    ),
    "country": frozenset({"country", "countries", "land", "pays", "pais", "nation", "herkunftsland"}),
}
_FILLERS = """
affiliated your you are what whats which is the a an in of do does from work for at with please enter provide give us
my s where we can contact reach full based located live living reside residence attendee participant
registrant current currently primary main business professional corporate personal preferred or and if any
region come represent belong to employed by travelling joining coming name ihr ihre ihren dein deine deinen
deiner ihrer bitte angeben welches welchem welcher welche aus kommst kommen sie du ist wie lautet heisst
arbeiten arbeitest der die das dem fur vollstandiger vollstandige wohnen wohnst votre vos ton quel quelle
est dans de des le la les l un une merci d indiquer indiquez travaillez vous pour complet quels residez su
sus tu tus cual es en que el del por favor indique indica trabaja trabajas procedencia completo electronico
residencia vives vive
"""
FILLERS = frozenset(_FILLERS.split())
ADDRESS = frozenset({"address", "adresse", "addresses", "direccion", "adress"})
_REMARKS = re.compile(r"\((?:required|optional|pflichtfeld|obligatoire|facultatif|obligatorio|opcional)\)")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list: its position from 1, its heading, and its field ("" if it is ignored).

    The lower the `tier`, the more certain it is that the heading means the field.
    """

    place: int
    heading: str
    field: str = ""
    tier: int = 0


def columns_of(cells: Sequence[str]) -> list[Column]:
    """Return the columns of a row of headings."""
    return [_column(place, cell) for place, cell in enumerate(cells, 1)]


def field_label(name: str) -> str:
    """Return the name of a field."""
    return {
        "email": _("email address"),
        "name": _("name"),
        "first_name": _("first name"),
        "last_name": _("last name"),
        "company": _("company"),
        "country": _("country"),
        "call_url": _("join link"),
        "state": _("status"),
    }[name]


def with_field(column: Column, field: str) -> Column:
    """Return the column with this field."""
    return replace(column, field=field)


def _column(place: int, cell: str) -> Column:
    heading = " ".join(cell.split())
    field, tier = _meaning(heading[:300])
    return Column(place, heading, field, tier)


@lru_cache(maxsize=4096)
def _meaning(heading: str) -> tuple[str, int]:
    """Return the field of a heading and its tier, or ("", 0)."""
    words = words_of(heading)
    exact = _exact().get(" ".join(words))
    if exact:
        return exact
    field = _asked_for(words)
    return (field, WEAK_TIER) if field else ("", 0)


def words_of(text: str) -> list[str]:
    """Return the words of a heading or value, without case, accents and marks; "e-mail" is one word, "email"."""
    folded = unicodedata.normalize("NFKD", _REMARKS.sub(" ", text.casefold()))
    plain = "".join(sign for sign in folded if not unicodedata.combining(sign)).replace("_", " ")
    return re.sub(r"\be mail", "email", " ".join(re.findall(r"\w+", plain))).split()


@lru_cache
def _exact() -> dict[str, tuple[str, int]]:
    return {
        heading: (field, tier)
        for field in reversed(FIELDS)
        for tier, headings in reversed(list(enumerate(TIERS[field])))
        for heading in headings
    }


def _asked_for(words: Sequence[str]) -> str:
    """Return the field that a question from a form asks for; "" if it asks for none, several, or more than that."""
    for field in ("email", "company", "country", "first_name", "last_name", "name"):
        keys = KEYWORDS[field]
        allowed = FILLERS | keys | (ADDRESS if field == "email" else frozenset({"name", "names"}))
        if keys & set(words) and set(words) <= allowed:
            return field
    if KEYWORDS["first_name"] & set(words) and KEYWORDS["last_name"] & set(words):
        parts = KEYWORDS["first_name"] | KEYWORDS["last_name"] | KEYWORDS["name"]
        return "name" if set(words) <= FILLERS | parts | {"und", "et", "y"} else ""
    return ""
