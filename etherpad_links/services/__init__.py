"""What can be done with pads: the only writers of this app's rows."""

from etherpad_links.services.links import (
    NoPadServer,
    NotAPad,
    PadNotAllowed,
    PadNotMade,
    clean_pad_url,
    keep_made_pad,
    link_pad,
    make_pad,
    unlink_pad,
)
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
from etherpad_links.services.repairs import NotInAPad, point_to_heading, write_heading_anew

__all__ = [
    "NameInPad",
    "NoPadServer",
    "NotAPad",
    "NotInAPad",
    "PadNotAllowed",
    "PadNotMade",
    "PlaceInPad",
    "clean_pad_url",
    "keep_made_pad",
    "link_pad",
    "make_pad",
    "point_to_heading",
    "record_author_token",
    "record_changed_name",
    "record_gone_name",
    "record_health",
    "record_lost_revisions",
    "record_names",
    "record_places",
    "record_typed_name",
    "repair_done",
    "unlink_pad",
    "write_heading_anew",
]
