"""Parsing other programs' registration lists: from the bytes of a file to a table with recognised columns.

opendev/core/sheets.py reads rows from text or a spreadsheet, `headings` recognises columns, `tables` finds
the headings among the rows, and `states` knows which rows are not registrations. The values are cleaned in
sessions/registrations/services/files.py.
"""

from sessions.registrations.lists.headings import WEAK_TIER, Column, field_label
from sessions.registrations.lists.states import is_no_registration
from sessions.registrations.lists.tables import Row, Table, read_table

__all__ = ["WEAK_TIER", "Column", "Row", "Table", "field_label", "is_no_registration", "read_table"]
