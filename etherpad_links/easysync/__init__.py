"""Etherpad's Easysync: documents, changesets, and merging two concurrent changesets.

Pure: no network, no database, no clock. All texts in here are *unit texts* (`units.py`), because Etherpad counts
JavaScript's characters. `changesets.py` explains changesets; `merging.py` the order of concurrent ones.
"""

from etherpad_links.easysync.changesets import Changeset, Op, pack, splice, unpack
from etherpad_links.easysync.documents import NO_ATTRIBUTES, Attributes, Document
from etherpad_links.easysync.errors import BadChangeset
from etherpad_links.easysync.lines import Line, add_lines, remove_line, rewrite_line, split_lines
from etherpad_links.easysync.merging import follow, map_line_end, map_position
from etherpad_links.easysync.units import from_units, to_units

__all__ = [
    "NO_ATTRIBUTES",
    "Attributes",
    "BadChangeset",
    "Changeset",
    "Document",
    "Line",
    "Op",
    "add_lines",
    "follow",
    "from_units",
    "map_line_end",
    "map_position",
    "pack",
    "remove_line",
    "rewrite_line",
    "splice",
    "split_lines",
    "to_units",
    "unpack",
]
