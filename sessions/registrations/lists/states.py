"""Which rows of a list are not registrations: cancelled, declined, or waiting for an answer or a place."""

from sessions.registrations.lists.headings import words_of

# Words that say so anywhere in the state: "Cancelled by self", "pending_approval".
WORDS = frozenset(
    {
        *("canceled", "cancelled", "cancellation", "declined", "denied", "rejected", "refused", "withdrawn"),
        *(
            "waitlist",
            "waitlisted",
            "waitinglist",
            "pending",
            "expired",
            "refunded",
            "deleted",
            "invited",
            "void",
        ),
        *("voided", "revoked", "unconfirmed", "unpaid"),
        *("storniert", "abgesagt", "abgelehnt", "ausstehend", "warteliste", "abgelaufen", "zuruckgezogen"),
        *("eingeladen", "offen", "unbestatigt"),
        *("annule", "annulee", "refuse", "refusee", "attente", "decline", "declinee", "expire", "expiree"),
        *("cancelado", "cancelada", "anulado", "anulada", "rechazado", "rechazada", "pendiente", "espera"),
    }
)
PHRASES = frozenset(
    {
        *(
            "not attending",
            "not going",
            "not approved",
            "not confirmed",
            "waiting list",
            "waiting",
            "on hold",
        ),
        *(
            "in review",
            "under review",
            "awaiting approval",
            "awaiting payment",
            "awaiting confirmation",
            "no longer",
        ),
        *("nicht bestatigt", "nicht teilnehmend", "in prufung", "non confirme", "no confirmado", "no asiste"),
    }
)
# States of registered people; only needed if a column is called "State", which may be a province.
OTHER_WORDS = frozenset(
    {
        *(
            "paid",
            "approved",
            "confirmed",
            "registered",
            "attending",
            "accepted",
            "complete",
            "completed",
            "active",
        ),
        *(
            "going",
            "yes",
            "checked",
            "attended",
            "booked",
            "valid",
            "free",
            "bezahlt",
            "bestatigt",
            "angemeldet",
        ),
        *("confirme", "confirmee", "inscrit", "inscrite", "confirmado", "confirmada", "aprobado", "aprobada"),
    }
)
NO = frozenset({"no", "n", "nein", "non", "false", "0"})
ASKS_WHETHER_TO_COME = frozenset({"rsvp", "attending", "going", "will you attend"})
SAYS_THAT_IT_IS_OFF = frozenset(
    {
        *("canceled", "cancelled", "is canceled", "is cancelled", "storniert", "annule", "cancelado"),
        *("position canceled", "canceled at", "cancelled at"),
    }
)


def is_no_registration(heading: str, state: str) -> bool:
    """Return True if a row with this state is not a registration.

    Args:
        heading: of the column, since "no" means one thing under "Going?" and another under "Cancelled?".
        state: as in the list, in English, German, French or Spanish.
    """
    words, asked = words_of(state), " ".join(words_of(heading))
    whole = " ".join(words)
    if asked in SAYS_THAT_IT_IS_OFF:
        return bool(words) and whole not in NO and words[0] not in {"not", "nicht"}
    if asked in ASKS_WHETHER_TO_COME and whole in NO:
        return True
    if whole in PHRASES or any(f" {phrase} " in f" {whole} " for phrase in PHRASES if " " in phrase):
        return True
    if not words or words[0] in {"not", "nicht", "un", "partially", "partly", "teilweise"}:
        return False
    return not WORDS.isdisjoint(words)


def looks_like_a_state(text: str) -> bool:
    """Return True if a value is the state of a registration, rather than, say, a province."""
    return is_no_registration("status", text) or not OTHER_WORDS.isdisjoint(words_of(text))
