"""What can be done with pads: the only writers of this app's rows."""

from etherpad_links.services.links import NotAPad, PadNotAllowed, clean_pad_url, link_pad, unlink_pad
from etherpad_links.services.making import (
    NoPadServer,
    PadNotMade,
    keep_made_pad,
    make_pad,
    make_pad_for,
    set_pad_rules,
)
from etherpad_links.services.records import (
    NameInPad,
    PlaceInPad,
    keep_author_token,
    record_changed_name,
    record_gone_name,
    record_health,
    record_lost_revisions,
    record_names,
    record_passage,
    record_places,
    record_read_only_id,
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
    "keep_author_token",
    "keep_made_pad",
    "link_pad",
    "make_pad",
    "make_pad_for",
    "point_to_heading",
    "record_changed_name",
    "record_gone_name",
    "record_health",
    "record_lost_revisions",
    "record_names",
    "record_passage",
    "record_places",
    "record_read_only_id",
    "record_typed_name",
    "repair_done",
    "set_pad_rules",
    "unlink_pad",
    "write_heading_anew",
]
