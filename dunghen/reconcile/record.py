"""Topic ``reconciliations``: what comparisons with the other side found, kept for others to see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

import msgspec
from msgspec.structs import replace

from broker.clients import AnyKafka
from broker.producing import Writer
from dossiers.reference.context import Context as Compiled
from dossiers.reports.reconciliation import Line
from dossiers.text.identity import identity
from dossiers.wire.keys import reconciliation_key
from dossiers.wire.reconciliations import (
    LONGEST,
    MOST_MISSING,
    MOST_UNITS,
    CountedUnit,
    ListedDossiers,
    MissingDossier,
    Reconciled,
)
from dossiers.wire.topics import RECONCILIATIONS
from dunghen.ingest.id_rules import sought_ids
from dunghen.reconcile.making import Ids, Reconciliation
from dunghen.settings.installation import Installation
from dunghen.timeline.reading import read_reference


def records_of(
    found: Reconciliation, month: str, scope: str, at: int, known: Callable[[str], bool]
) -> Iterator[Reconciled]:
    """One for each month of the counts, and one of the list. ``at``: real time, ms. ``known``:
    whether there is a unit of this id; what others are called there may be anything."""
    head = Reconciled(timeline=found.timeline, at=at, as_of=found.as_of, month="")
    if found.counts is not None:
        by_month: dict[str, list[Line]] = defaultdict(list)
        for line in found.counts.lines:
            by_month[line.month].append(line)
        for of, lines in by_month.items():
            counts = tuple(_unit(line, known) for line in lines[:MOST_UNITS])
            yield replace(head, month=of, counts=counts)
    if found.ids is not None:
        yield replace(head, month=month, scope=scope[:LONGEST], ids=_listed(found.ids))


def keep(
    installation: Installation, found: Reconciliation, month: str, scope: str, at: int
) -> None:
    """Write them. ``at``: real time, ms. Raises UserError."""
    compiled = Compiled(read_reference(installation.kafka.bootstrap, client=installation.client))
    units = {unit.id for unit in compiled.reference.units}
    if found.ids is not None:  # the list's own ids may be numbers of people
        kept = sought_ids(installation, found.ids.missing)
        missing = {id_: found.ids.missing[listed] for id_, listed in kept.items()}
        found = replace(found, ids=replace(found.ids, missing=missing))
    scope = compiled.unit_named(identity(scope))
    records = records_of(found, month, scope, at, units.__contains__)
    write_reconciled(installation.kafka, records)


def write_reconciled(kafka: AnyKafka, records: Iterable[Reconciled]) -> None:
    """Each in the place of the last one of its month and scope. Raises BrokerError."""
    with Writer(kafka) as writer:
        for each in records:
            key = reconciliation_key(each.month, each.what, each.scope)
            writer.send(RECONCILIATIONS, 0, key, msgspec.json.encode(each))


def _unit(line: Line, known: Callable[[str], bool]) -> CountedUnit:
    return CountedUnit(
        line.unit if known(line.unit) else "unknown",
        line.received.counted,
        line.received.seen,
        line.finished.counted,
        line.finished.seen,
    )


def _listed(found: Ids) -> ListedDossiers:
    missing = [MissingDossier(id_[:LONGEST], why) for id_, why in found.missing.items()]
    return ListedDossiers(
        listed=found.listed,
        matched=found.matched,
        missing_count=found.missing_count,
        surplus_count=found.surplus_count,
        missing=tuple(missing[:MOST_MISSING]),
    )
