"""Records that could not be taken: read, decided on, and sent again.

In it: whatever reads topic ``dead-letters`` or brings a record of it back, for commands and API.
"""
