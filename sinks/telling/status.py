"""How the notifier of people is doing, and what it says of what it withholds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dossiers.alerting.sendings import Withheld
from sinks.notifier.attempts import Attempt
from sinks.telling.posting import ReceiverStatus


@dataclass(frozen=True)
class TellingStatus:
    """``reason``: why it does nothing, "" if it works. ``standing_by``: another process does it.
    ``now``: data time (ms) up to which is planned. ``open``: alerts that have not ended.
    ``waiting``: messages that have not arrived, ``most`` of which may. ``unlogged``: attempts that
    are not in ClickHouse yet, ``most_unlogged`` of which may wait for it."""

    running: bool
    reason: str
    standing_by: bool
    now: int
    open: int
    waiting: int
    skipped: int
    withheld: int
    last_error: str
    most: int
    unlogged: int
    most_unlogged: int
    receivers: tuple[ReceiverStatus, ...]


def withheld_attempt(each: Withheld, at: datetime) -> Attempt:
    """As a line of the attempt log, of ``at``."""
    return Attempt(
        alert_id=each.alert_id,
        sequence=each.sequence,
        channel="",
        receiver=each.receiver,
        unit="",
        attempt=0,
        outcome="withheld",
        detail=f"{each.why} until {each.until}" if each.until else each.why,
        at=at,
    )
