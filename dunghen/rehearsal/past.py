"""Alerts of the past, in the order in which they were detected, a day in memory at a time."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from api.statements import ms
from broker.clients import AnyKafka
from broker.reading import read_all
from dossiers.time.hours import DAY
from dossiers.wire.alerts import STORED, Alert
from dossiers.wire.reading import decoder
from dossiers.wire.roster import RosterEntry
from dossiers.wire.topics import ROSTER
from dunghen.clickhouse import ClickHouse

BEFORE = 31 * DAY  # ms before the span from which on records are read
_TIMES = ("due_at", "detected_at", "occurred_at", "received_at")
_COLUMNS = ", ".join(
    ms(f"a.{name}") if name in _TIMES else f"a.{name} AS {name}" for name in STORED
)
_AT = "fromUnixTimestamp64Milli({%s:Int64}, 'UTC')"
_OPEN = f"""
SELECT * FROM (
  SELECT {_COLUMNS} FROM alerts AS a FINAL
  WHERE a.timeline = {{timeline:String}} AND a.detected_at < {_AT % "since"}
  ORDER BY a.alert_id, a.sequence DESC LIMIT 1 BY a.alert_id
) WHERE transition IN ('raised', 'acknowledged')
"""  # noqa: S608 (all of it is written here)
_DAY = f"""
SELECT {_COLUMNS} FROM alerts AS a FINAL
WHERE a.timeline = {{timeline:String}}
  AND a.detected_at >= {_AT % "since"} AND a.detected_at < {_AT % "until"}
ORDER BY a.detected_at, a.alert_id, a.sequence
"""  # noqa: S608
_decode = decoder(RosterEntry)


def alerts_of(store: ClickHouse, timeline: str, start: int, end: int) -> Iterator[Alert]:
    """What was open some time before ``start``, and every record from then up to ``end`` (ms)."""
    since = start - BEFORE
    yield from _read(store, _OPEN, {"timeline": timeline, "since": since})
    while since < end:
        until = min(since + DAY, end)
        yield from _read(store, _DAY, {"timeline": timeline, "since": since, "until": until})
        since = until


def _read(store: ClickHouse, sql: str, parameters: dict[str, object]) -> Iterator[Alert]:
    for row in store.query(sql, parameters):
        yield msgspec.convert(row, Alert)


def read_roster(kafka: AnyKafka) -> list[RosterEntry]:
    """The newest entry of everybody, as topic roster has it."""
    found: dict[bytes, RosterEntry] = {}
    for message in read_all(kafka, ROSTER):
        key, value = message.key() or b"", message.value()
        found.pop(key, None)
        try:
            entry = _decode(value) if value is not None else None
        except msgspec.MsgspecError:
            continue
        if entry is not None and entry.officer.encode() == key:
            found[key] = entry
    return list(found.values())
