"""The recount against what the stream holds: dossier table, alerts, partial and merged tallies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from dossiers.reference.in_force import InForce
from dossiers.tallies.vector import FIELDS
from dossiers.wire.alerts import SCOPE_KINDS, Alert
from dossiers.wire.reading import decoder, read_or_none
from dossiers.wire.records import DossierRecord, Owned, Position
from dossiers.wire.topics import ALERTS
from oracle.checks.cut import CutPartition, timelines
from oracle.checks.report import Check
from oracle.checks.states import beside, state_of, story_of
from oracle.figures import LogCount, recount_log
from oracle.ports import ReadTopic
from oracle.story import Story

Figures = dict[str, tuple[int, ...]]
_alert = decoder(Alert)


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
    table.equal(f"now of partition {number}", position.now, part.now)
    table.equal(f"events of partition {number}", position.events, taken)
    table.equal(f"duplicates of partition {number}", position.duplicates, count.duplicates)
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


def check_alerts(
    read: ReadTopic, parts: Mapping[int, CutPartition], counts: Iterable[LogCount]
) -> Check:
    """Sequences without gaps, and the last word on each overdue alert is the truth.

    If a dossier came back after it had been dropped, nothing is known of its former alerts: the
    same one may begin anew. Alerts on a unit's backlog depend on when sums are seen, which no log
    tells: they are left out.
    """
    stories: dict[str, Story] = {}
    came_back: set[str] = set()
    for count in counts:
        stories.update(count.stories)
        came_back.update(count.last)
    check = Check("alerts = recount of the log")
    history = _alert_history(read, timelines(parts))
    for id_, alerts in history.items():
        numbers = [alert.sequence for alert in alerts]
        expected = _numbered(numbers, anew=alerts[-1].dossier_id in came_back)
        check.equal(f"sequence of alert {id_}", numbers, expected)
    raised = _raised(history)
    for part in parts.values():
        for dossier_id, record in part.records.items():
            if (story := stories.get(dossier_id)) is not None:
                _check_alerts_of(check, record, story, raised.get(dossier_id, set()))
    return check


def _raised(history: Mapping[str, Sequence[Alert]]) -> dict[str, set[int]]:
    """By dossier the due times (ms) that the last word of its overdue alerts says have passed."""
    raised: dict[str, set[int]] = defaultdict(set)
    for *_, last in history.values():
        if last.kind == "overdue" and last.transition == "raised":
            raised[last.dossier_id].add(last.due_at)
    return raised


def _check_alerts_of(check: Check, record: DossierRecord, story: Story, raised: set[int]) -> None:
    """What the state of one dossier says of its alerts, against its verdict; ``raised``: due times
    (ms) by the topic."""
    standing = [alert for alert in record.alerts if alert.status == "raised"]
    now = {alert.cause for alert in standing if alert.kind == "overdue"}
    truth = {story.due} if story.verdict == "overdue" else set()
    check.equal(f"{record.dossier_id} overdue", now, truth)
    step_over = any(alert.kind == "step_overdue" for alert in standing)
    check.equal(f"{record.dossier_id} step_overdue", step_over, story.step_overdue)
    if raised != now:
        check.moved += 1  # the topic is read after the table: the dossier may have gone on


def _alert_history(read: ReadTopic, ours: Collection[str]) -> dict[str, list[Alert]]:
    """Every transition of the alerts on dossiers, by alert, in the topic's order."""
    history: dict[str, list[Alert]] = defaultdict(list)
    for message in read(ALERTS):
        if (alert := read_or_none(_alert, message.value())) is None:
            continue
        if alert.kind not in SCOPE_KINDS and alert.timeline in ours:
            history[alert.alert_id].append(alert)
    return history


def _numbered(numbers: Sequence[int], *, anew: bool) -> list[int]:
    """What these sequence numbers should be. ``anew``: 1 may come again."""
    found: list[int] = []
    for number in numbers:
        found.append(1 if not found or (anew and number == 1) else found[-1] + 1)
    return found
