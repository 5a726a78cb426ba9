"""Speaking with Etherpad servers: where they are, their HTTP, and the realtime protocol of a pad.

Knows no database. What goes wrong is a `PadTrouble` (`errors.py`); what people may be told is decided above.
"""
