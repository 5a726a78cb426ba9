"""What can be done with pads: the only writers of this app's rows."""

from etherpad_links.services.records import (
    NameInPad,
    PlaceInPad,
    record_author_token,
    record_changed_name,
    record_gone_name,
    record_health,
    record_lost_revisions,
    record_names,
    record_places,
    record_typed_name,
    repair_done,
)

__all__ = [
    "NameInPad",
    "PlaceInPad",
    "record_author_token",
    "record_changed_name",
    "record_gone_name",
    "record_health",
    "record_lost_revisions",
    "record_names",
    "record_places",
    "record_typed_name",
    "repair_done",
]
