"""Records of the live view's topics."""

from __future__ import annotations

from typing import Any

import msgspec

from api.live.view import LiveView, TopicRecord
from dossiers.tallies.vector import WIDTH
from dossiers.wire.keys import CLOCK_SCOPE
from dossiers.wire.tallies import Tally
from dossiers.wire.topics import TALLIES
from tests.api.city import TIMELINE


def tally(scope: str, first: int, versions: dict[str, tuple[int, int]], **more: Any) -> TopicRecord:
    fields: dict[str, Any] = {"timeline": TIMELINE, "now": 1, **more}
    vector = (first,) + (0,) * (WIDTH - 1)
    record = Tally(scope=scope, vector=vector, versions=versions, **fields)
    return TALLIES, scope.encode(), msgspec.json.encode(record)


def clock(partition: int, now: int, timeline: str = TIMELINE) -> TopicRecord:
    record = Tally(timeline=timeline, scope=CLOCK_SCOPE, now=now)
    return TALLIES, f"{CLOCK_SCOPE}\x1f{partition}".encode(), msgspec.json.encode(record)


def view_of(*records: TopicRecord, partitions: int = 1) -> LiveView:
    view = LiveView(TIMELINE, partitions)
    view.apply(records)
    return view
