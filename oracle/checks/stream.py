"""The recount against what the stream holds: dossier table, alerts, partial and merged tallies."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dossiers.reference.in_force import InForce
from dossiers.tallies.vector import FIELDS
from dossiers.wire.records import DossierRecord, Owned, Position
from oracle.checks.alerts import repeated
from oracle.checks.cut import CutPartition
from oracle.checks.report import Check
from oracle.checks.states import beside, state_of, story_of
from oracle.figures import LogCount, recount_log
from oracle.story import Story

Figures = dict[str, tuple[int, ...]]


def recount_partition(
    part: CutPartition, in_force: InForce, known: Callable[[int], InForce] | None = None
) -> tuple[Figures, LogCount]:
    """Vectors by scope, and the whole count, of one partition. ``known``: the reference data after
    so many activations, which says who might act then."""
    context = in_force.at(part.now)
    versions = None if in_force.single else in_force
    count = recount_log(part.events, part.now, context, versions, part.origins, known)
    return {s: tuple(row[f] for f in FIELDS) for s, row in count.figures.items()}, count


def check_table(parts: Mapping[int, CutPartition], counts: Mapping[int, LogCount]) -> list[Check]:
    """The state of every dossier that has one, none of others, and each partition's own counts."""
    table = Check("dossier table (changelog) = recount of the log")
    beside_it = Check("flags and other verdicts of the table = recount of the log")
    believed = sum(part.believed for part in parts.values())
    if believed:
        table.left_out = [f"whether dead letters had to be put aside: {believed} are believed"]
    for number, part in parts.items():
        for sentence in part.unread:
            table.differ(f"partition {number}, {sentence}")
        if part.position is not None:
            _check_position(table, number, part, part.position, counts[number])
        for dossier_id, record in part.records.items():
            _check_state(table, beside_it, record, counts[number].stories.get(dossier_id))
    seen = sum(len(part.records) for part in parts.values())
    table.equal("dossiers", seen, sum(len(count.stories) for count in counts.values()))
    return [table, beside_it]


def _check_position(
    table: Check, number: int, part: CutPartition, position: Position, count: LogCount
) -> None:
    """What the worker counted in a partition, against the log."""
    taken, refused = len(part.events) - count.refused, part.refused - part.foreign
    taken, again = taken + len(part.acted), count.duplicates + repeated(part.acted)
    table.equal(f"now of partition {number}", position.now, part.now)
    table.equal(f"events of partition {number}", position.events, taken)
    table.equal(f"duplicates of partition {number}", position.duplicates, again)
    table.equal(f"dead letters of {number}", position.dead_letters, refused + count.refused)


def _check_state(
    table: Check, beside_it: Check, record: DossierRecord, story: Story | None
) -> None:
    """One dossier: its verdict and times, and beside these its flags and other verdicts."""
    dossier_id = record.dossier_id
    if story is None:
        table.differ(f"{dossier_id}: has a state but no event, or should have been dropped")
        return
    table.equal(dossier_id, state_of(record), story_of(story))
    found, told = beside(record, story)
    odd = [f"{name} {found[name]!r}, recounted {told[name]!r}"
           for name in found if found[name] != told[name]]  # fmt: skip
    beside_it.compared += 1
    if odd:
        beside_it.differ(f"{dossier_id}: {'; '.join(odd)}")


def check_owners(parts: Mapping[int, CutPartition], counts: Mapping[int, LogCount]) -> Check:
    """Who might act on what: each event that says for whom it was sent, and whose every dossier is,
    also of those that have left the stream."""
    check = Check("ownership = recount of the log")
    for number, part in parts.items():
        count = counts[number]
        check.compared += sum(bool(event.madonvi) for event, _ in part.events)
        for sentence in count.disputed:
            check.differ(sentence)
        for dossier_id, record in part.records.items():
            if dossier_id in count.owners:
                check.equal(
                    f"owners of {dossier_id}", _said(record.owned), _told(count, dossier_id)
                )
        for dossier_id in (count.owners.keys() | part.left.keys()) - part.records.keys():
            said = _said(part.left.get(dossier_id))
            check.equal(f"owners of {dossier_id}, which has left", said, _told(count, dossier_id))
    return check


def _said(owned: Owned | None) -> tuple[tuple[str, ...], bool]:
    """By the worker: the owners' madonvi, and whether it was handed over."""
    return ((), False) if owned is None else (owned.owners, owned.handed)


def _told(count: LogCount, dossier_id: str) -> tuple[tuple[str, ...], bool]:
    """By the recount, in the form of ``_said``."""
    whose = count.owners.get(dossier_id)
    return ((), False) if whose is None else (tuple(whose.owners), whose.handed)
