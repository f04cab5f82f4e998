"""Dossiers that changed behind a cut, as they were at it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from broker.clients import AnyKafka
from dossiers.portal.snapshots import singled
from dossiers.wire.order import identity_of
from dunghen.late_list.by_places import facts_at
from dunghen.late_list.known import KnownDossier
from dunghen.late_list.since_cut import Arrived, Identity, Place, arrived_between, without

_ASKED = 200  # dossiers in one question
_NOTHING = Arrived()
RowsOf = Callable[[list[str]], Sequence[Mapping[str, Any]]]


class CutLog(NamedTuple):
    """Topic dossier-events before the offsets ``events``, by partition, without the dead letters at
    ``refused``."""

    kafka: AnyKafka
    events: tuple[int, ...]
    refused: frozenset[Place]

    def has(self, place: Place) -> bool:
        """Whether what stands there stands before the cut."""
        return place[1] < self.events[place[0]]


class _Places(NamedTuple):
    """Where a dossier's events stand before the cut: those that were ``taken``, and those that were
    refused and may have been sent again."""

    taken: dict[Identity, Place]
    refused: dict[Identity, Place]


def before_cut(
    log: CutLog, touched: Sequence[KnownDossier], arrived: Mapping[str, Arrived], rows_of: RowsOf
) -> Iterator[KnownDossier]:
    """``touched`` without what ``arrived`` behind the cut. ``rows_of``: where ClickHouse has the
    events of these dossiers (dossier_id, madonvi, event_id, partition, offset)."""
    for first in range(0, len(touched), _ASKED):
        some = touched[first : first + _ASKED]
        places = _places(log, rows_of([known.dossier for known in some]))
        again = _sent_again(log, arrived, places)
        for known in some:
            of = places[known.dossier]
            told = again.get(known.dossier, _NOTHING).events
            found = _without(log, known, arrived[known.dossier], of, told)
            if found.facts:
                yield found


def _places(log: CutLog, rows: Sequence[Mapping[str, Any]]) -> defaultdict[str, _Places]:
    found: defaultdict[str, _Places] = defaultdict(lambda: _Places({}, {}))
    for row in rows:
        place, who = (row["partition"], row["offset"]), (row["madonvi"], row["event_id"])
        if log.has(place):
            of = found[row["dossier_id"]]
            (of.refused if place in log.refused else of.taken)[who] = place
    return found


def _sent_again(
    log: CutLog, arrived: Mapping[str, Arrived], places: Mapping[str, _Places]
) -> dict[str, Arrived]:
    """ClickHouse keeps the first place of an event. Of one that was refused there, and came behind
    the cut, only the log knows whether it was taken in between; hardly ever is there one."""
    starts: dict[int, int] = {}
    only = set()
    for dossier, of in places.items():
        for who, (partition, offset) in of.refused.items():
            if who in arrived[dossier].events and who not in of.taken:
                starts[partition] = min(starts.get(partition, offset), offset)
                only.add(dossier)
    until = {partition: log.events[partition] for partition in starts}
    return arrived_between(log.kafka, starts, until, only, log.refused) if starts else {}


def _without(
    log: CutLog, known: KnownDossier, arrived: Arrived, places: _Places, again: set[Identity]
) -> KnownDossier:
    new = {who for who in arrived.events if who not in places.taken and who not in again}
    facts = without(known.facts, new)
    if facts is None:  # only the log can tell
        there = {identity_of(fact) for fact in singled(known.facts)} - new
        taken = {who: at for who, at in places.refused.items() if who in again | there}
        facts = facts_at(log.kafka, {**taken, **places.taken}.values())
    actions = tuple(each for each in known.actions if each.event_id not in arrived.actions)
    return KnownDossier(known.dossier, facts, actions)
