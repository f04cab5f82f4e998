"""A feed for pages: the newest tallies of the scopes that a page shows, and nothing else.

Pages of the same part of the data that show the same scopes share a hub. A scope that lies outside
the reader's reach is left out, as if it had no tally.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from api.access.reach import Reach, Within
from api.feed.hub import Hub
from api.feed.kept_hubs import FeedChannel, KeptHubs
from api.inbox.sight import Recipient
from api.live.narrowing import total
from dossiers.tallies.vector import ALL_TIME, FIELD, on_time_rate
from dossiers.wire.keys import ALL
from dossiers.wire.tallies import Tally

CONFLATE = 2.0  # s between two deltas: digits on a page rest for as long as on the wall
IDLE = 30.0  # s without a reader after which a hub is given up
MOST = 2_000
MOST_SCOPES = 60
RING_BYTES = 64 * 1024  # of deltas that a hub keeps for pages that come back
RATE = "on_time_rate"
_LONGEST = 200  # characters of a scope
_MONTH = ("early_month", "on_time_month", "late_month")


@dataclass(frozen=True)
class Subscription:
    """What one page shows, within its reader's reach. ``inbox``: of whom the alerts are counted as
    well; None if the page shows no such count."""

    reach: Reach
    scopes: tuple[str, ...]
    fields: tuple[str, ...]
    inbox: Recipient | None = None


def subscribed(
    reach: Reach, scopes: str, fields: str, inbox: Recipient | None = None
) -> Subscription:
    """From the address of the feed: scopes line by line, fields by commas. Fields that no tally has
    count as not said. Raises ValueError for more scopes than a page may ask for."""
    if len(scopes) > MOST_SCOPES * _LONGEST or len(fields) > len(FIELD) * 40:
        raise ValueError("too long")
    wanted = sorted({each for each in scopes.split("\n") if 0 < len(each) <= _LONGEST})
    if not 0 < len(wanted) <= MOST_SCOPES:
        raise ValueError("too many scopes, or none")
    known = sorted(each for each in set(fields.split(",")) if each in FIELD or each == RATE)
    # Whose names may be read makes no difference here.
    seen = Reach(reach.whole, reach.units, reach.officer)
    return Subscription(seen, tuple(wanted), tuple(known), inbox)


def figures_of(
    tallies: Mapping[str, Tally], part: Within | None, wanted: Subscription, *, all_time: bool
) -> dict[str, dict[str, float | None]]:
    """The newest figures of the scopes that lie in ``part`` (None: the whole). Counts of all time
    are left out where the stream forgets closed dossiers. "all" is all that the reader sees."""
    fields = [each for each in wanted.fields if all_time or each not in ALL_TIME]
    found: dict[str, dict[str, float | None]] = {}
    for scope in wanted.scopes:
        tally = _tally(tallies, part, scope)
        if tally is not None:
            found[scope] = {each: _value(tally.vector, each) for each in fields}
    return found


def _tally(tallies: Mapping[str, Tally], part: Within | None, scope: str) -> Tally | None:
    if part is None:
        return tallies.get(scope)
    if scope == ALL:
        return total(tallies[each] for each in part.scopes if each in tallies)
    kind, _, id_ = scope.partition(":")
    seen = {"unit": part.counted, "officer": part.officers}.get(kind, frozenset[str]())
    return tallies.get(scope) if id_ in seen else None


def _value(vector: tuple[int, ...], name: str) -> float | None:
    if name != RATE:
        return vector[FIELD[name]]
    rate = on_time_rate(*(vector[FIELD[each]] for each in _MONTH))
    return None if rate is None else round(rate, 2)


class FigureChannels(KeptHubs[Subscription]):
    """``build``: the state of a subscription; ``pulse``: how fresh it is. Needs a loop."""

    def __init__(
        self,
        build: Callable[[Subscription], dict[str, Any]],
        pulse: Callable[[], dict[str, Any]],
    ) -> None:
        super().__init__(MOST, IDLE)
        self._build = build
        self._pulse = pulse

    def of(self, wanted: Subscription) -> Hub:
        """The hub of a subscription, made when it is first asked for. Raises TooManyChannels."""
        return self._hub(wanted)

    def _open(self, key: Subscription) -> FeedChannel:
        hub = Hub(lambda: self._build(key), self._pulse, CONFLATE, RING_BYTES)
        hub.publish()
        return FeedChannel(hub, [asyncio.create_task(work) for work in (hub.run(), hub.beat())])
