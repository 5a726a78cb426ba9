"""Communication with Etherpad servers: their addresses, their HTTP, and the realtime protocol of a pad.

Does not use the database. Errors are `PadTrouble` (`errors.py`); the layers above decide what people see of them.
"""
