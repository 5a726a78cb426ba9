"""Lists of registrations as other programs write them: from the bytes of a file to a table whose columns are known.

opendev/core/sheets.py makes rows of text or of a spreadsheet, `headings` knows what columns are called, `tables` finds
the headings among the rows, and `states` knows which rows are no registrations. What the rows say is cleaned in
sessions/registrations/services/files.py.
"""

from sessions.registrations.lists.headings import WEAK_TIER, Column, field_label
from sessions.registrations.lists.states import is_no_registration
from sessions.registrations.lists.tables import Row, Table, read_table

__all__ = ["WEAK_TIER", "Column", "Row", "Table", "field_label", "is_no_registration", "read_table"]
