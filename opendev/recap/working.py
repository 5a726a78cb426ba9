"""The recap in its editors' working version."""

from opendev.recap.document import Worked, paragraphs_of, worked_on
from sessions.recap.selectors import recap_draft_of, recap_edits_of


def draft_language(event_id: int) -> str:
    """Return the code of the language that the draft is written in; "" if nothing has been drafted yet."""
    draft = recap_draft_of(event_id)
    return draft.language if draft else ""


def worked_recap(event_id: int) -> list[Worked]:
    """Return the stored draft with the editors' changes; [] if nothing has been drafted yet."""
    draft = recap_draft_of(event_id)
    return worked_on(paragraphs_of(draft.paragraphs if draft else []), recap_edits_of(event_id))
