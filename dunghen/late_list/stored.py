"""Facts of dossiers as of a cut, from ClickHouse.

The row of a dossier is that of its newest state. If its last event stands before the cut, it says
what was known then; else what came behind the cut is read from the log and taken out again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from broker.clients import AnyKafka
from broker.partitioner import partition_of
from dossiers.errors import UserError
from dossiers.reports.late_lines import Month
from dossiers.wire.acted import KeptAction
from dossiers.wire.late_lists import Cut
from dossiers.wire.reading import decoder, read_facts
from dunghen.clickhouse import ClickHouse, by_dossier
from dunghen.late_list.before_cut import CutLog, before_cut
from dunghen.late_list.known import ODD, KnownDossier
from dunghen.late_list.since_cut import arrived_between

PAGE = 5_000  # dossiers in memory at a time
_actions = decoder(tuple[KeptAction, ...])
# Whatever could have been held in the month (dunghen.late_list.known), or has changed since.
_PAGE = """
SELECT dossier_id, `offset`, facts, actions FROM dossiers FINAL
WHERE timeline = {timeline:String} AND dossier_id > {after:String}
  AND ((received_at < fromUnixTimestamp64Milli({end:Int64}, 'UTC')
        AND (finished_at IS NULL
             OR finished_at >= fromUnixTimestamp64Milli({start:Int64}, 'UTC')))
       OR hasAny(flags, {odd:Array(String)}) OR `offset` >= {least:Int64})
ORDER BY dossier_id LIMIT {page:UInt32}
"""
_DATES = """
SELECT source, toUnixTimestamp64Milli(max(occurred_at)) AS last,
  toUnixTimestamp64Milli(min(if(backfill, occurred_at, received_at))) AS first
FROM dossier_events
WHERE timeline = {timeline:String} AND kind != 'restored'
  AND `offset` < {until:Array(UInt64)}[`partition` + 1]
  AND occurred_at <= fromUnixTimestamp64Milli({latest:Int64}, 'UTC')
GROUP BY source
"""
# Where an event stands that was sent more than once: the first of one id counts.
_PLACES = """
SELECT dossier_id, event_id, madonvi, `partition`, `offset` FROM dossier_events
WHERE timeline = {timeline:String} AND dossier_id IN {ids:Array(String)}
"""


class Dates(NamedTuple):
    """``first``: when (ms) the first event came, None if there is none; ``last``: by source, the
    date (ms) of its newest one."""

    first: int | None
    last: Mapping[str, int]


class _Changed(NamedTuple):
    """A row whose last event stands behind the cut."""

    known: KnownDossier
    offset: int


class StoredFacts:
    """What ClickHouse says as of ``cut``; it has all that stands before it (dunghen.late_list.cut).
    ``refused``: places of dead letters at the cut."""

    def __init__(
        self,
        store: ClickHouse,
        kafka: AnyKafka,
        timeline: str,
        cut: Cut,
        refused: frozenset[tuple[int, int]],
    ) -> None:
        self._store = store
        self._kafka = kafka
        self._timeline = timeline
        self._cut = cut
        self._log = CutLog(kafka, cut.events, refused)

    def dates(self, latest: int) -> Dates:
        """Of what is dated up to ``latest`` (ms)."""
        until = {"timeline": self._timeline, "until": list(self._cut.events), "latest": latest}
        rows = self._store.query(_DATES, until)
        return Dates(
            min((row["first"] for row in rows), default=None),
            {row["source"]: row["last"] for row in rows},
        )

    def dossiers(self, month: Month) -> Iterator[KnownDossier]:
        """Those that may stand in the list of ``month``. Raises UserError, StoreError."""
        changed: list[_Changed] = []
        parameters: dict[str, Any] = {
            "timeline": self._timeline,
            "start": month.start,
            "end": month.end,
            "odd": list(ODD),
            "least": min(self._cut.events, default=0),
        }
        for row in by_dossier(self._store, _PAGE, parameters, PAGE):
            known = _known(row)
            if row["offset"] < self._cut.events[self._partition(known.dossier)]:
                yield known
            else:
                changed.append(_Changed(known, row["offset"]))
        yield from self._as_of_the_cut(changed)

    def _partition(self, dossier: str) -> int:
        return partition_of(dossier, len(self._cut.events))

    def _as_of_the_cut(self, changed: list[_Changed]) -> Iterator[KnownDossier]:
        """A tick changes a row and no facts: of most there is nothing to take out."""
        until: dict[int, int] = {}
        for known, offset in changed:
            partition = self._partition(known.dossier)
            until[partition] = max(until.get(partition, 0), offset + 1)
        starts = {p: self._cut.events[p] for p in until}
        arrived = arrived_between(self._kafka, starts, until)
        touched = [known for known, _ in changed if known.dossier in arrived]
        yield from (known for known, _ in changed if known.dossier not in arrived)
        yield from before_cut(self._log, touched, arrived, self._rows_of)

    def _rows_of(self, ids: list[str]) -> list[dict[str, Any]]:
        return self._store.query(_PLACES, {"timeline": self._timeline, "ids": ids})


def _known(row: Mapping[str, Any]) -> KnownDossier:
    try:
        actions = _actions(row["actions"]) if row["actions"] else ()
        return KnownDossier(row["dossier_id"], read_facts(row["facts"]), actions)
    except ValueError as error:
        raise UserError(
            "The facts of a dossier in ClickHouse cannot be read.",
            "Run `dunghen verify`, then `dunghen rebuild-clickhouse`. Nothing was frozen.",
        ) from error
