"""Topic notices: what the notifier remembers, and the messages that somebody has not got yet."""

from __future__ import annotations

from typing import Literal

import msgspec

NoticeWay = Literal["mail", "target"]


class Parcel(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One message to one receiver by one way, until it has arrived or is given up. ``key``: of
    idempotency, the same for a message however often it is sent. ``made_at``: real time (ms).
    ``content``: msgpack of an AlertGroup or a Digest (dossiers.alerting), or of a Reminder
    (dossiers.publication), compressed (zlib).
    ``target``: name of the target. A mail address is looked up when the mail is sent, and stands
    nowhere here."""

    key: str
    receiver: str
    way: NoticeWay
    kind: Literal["group", "digest", "list"]
    made_at: int
    content: bytes
    target: str = ""

    @property
    def place(self) -> str:
        """Names the parcel: the message and its way."""
        return f"{self.key}/{self.way}/{self.target}"


class NoticeRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One of three: ``part`` of the planner's memory (dossiers.alerting.kept), compressed (zlib);
    ``parcel``; or ``next_offsets`` of topic alerts by partition, up to which all of it was
    taken."""

    timeline: str
    part: bytes | None = None
    parcel: Parcel | None = None
    next_offsets: dict[str, int] | None = None


PART = "part:"
PARCEL = "parcel:"
OFFSETS = "offsets"
