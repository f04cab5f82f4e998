"""The newest tally of every scope, and the watermark. Pure: whoever reads the topic fills it in.

Records of topic ``tallies`` are absolute, so a reader needs no transaction and no order between
partitions: it keeps the newest of each scope. What makes one newer is its ``versions``, the
(epoch, offset) up to which each source partition is in the sum.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from dossiers.tallies.vector import FIELD, WIDTH
from dossiers.time.day_table import LATEST
from dossiers.wire.keys import CLOCK_SCOPE, is_counted
from dossiers.wire.tallies import Tally

Outcome = Literal["tally", "clock", "uncounted", "foreign", "refused", "no_room"]


def is_older(tally: Tally, known: Tally) -> bool:
    """Whether ``tally`` lacks anything that ``known`` has: in any source partition an earlier
    version, or none. A merger that was taken over may write such a sum after a newer one."""
    versions = tally.versions
    for source, version in known.versions.items():
        own = versions.get(source)
        if own is None or own < version:
            return True
    return False


class TallyTable:
    """What the records of topic ``tallies`` add up to, in whatever order they arrive.

    ``partitions``: of the topic, each of which has a clock. ``has_room``: whether one more scope is
    kept; asked once for each record of a scope that is not there yet.
    """

    def __init__(
        self,
        timeline: str,
        partitions: int,
        has_room: Callable[[str], bool] = lambda _scope: True,
    ) -> None:
        self.tallies: dict[str, Tally] = {}
        self._timeline = timeline
        self._partitions = partitions
        self._has_room = has_room
        self._clocks: dict[int, int] = {}

    @property
    def watermark(self) -> int | None:
        """Data time (ms) up to which every vector has been read: the minimum over the clocks of all
        partitions, which each stand behind the vectors they vouch for. None until all have come."""
        if not self._partitions or len(self._clocks) < self._partitions:
            return None
        return min(self._clocks.values())

    def take(self, partition: int | None, tally: Tally) -> Outcome:
        """Take a record. ``partition``: the one whose clock it would be, None if it is nobody's.

        ``foreign``: of another timeline. ``refused``: older than what is there, or nothing that a
        merger writes. ``no_room``: of one scope too many. ``uncounted``: of a scope without a
        vector. All four leave the table as it is.
        """
        if tally.timeline != self._timeline:
            return "foreign"
        if not 0 <= tally.now < LATEST:
            return "refused"
        if tally.scope == CLOCK_SCOPE:
            return self._set_clock(partition, tally.now)
        if not is_counted(tally.scope):
            return "uncounted"
        known = self.tallies.get(tally.scope)
        if len(tally.vector) != WIDTH or (known is not None and is_older(tally, known)):
            return "refused"
        if known is None and not self._has_room(tally.scope):
            return "no_room"
        self.tallies[tally.scope] = tally
        return "tally"

    def value(self, scope: str, name: str) -> int:
        """One count of a scope (``name``: one of dossiers.tallies.vector.FIELDS); 0 if it has no
        tally."""
        tally = self.tallies.get(scope)
        return 0 if tally is None else tally.vector[FIELD[name]]

    def _set_clock(self, partition: int | None, now: int) -> Outcome:
        if partition is None or not 0 <= partition < self._partitions:
            return "refused"
        self._clocks[partition] = max(now, self._clocks.get(partition, 0))
        return "clock"
