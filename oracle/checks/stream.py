"""The recount against what the stream holds: dossier table, alerts, partial and merged tallies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from dossiers.reference.in_force import InForce
from dossiers.tallies.vector import FIELDS
from dossiers.wire.alerts import Alert
from dossiers.wire.reading import decoder, read_or_none
from dossiers.wire.records import Owned
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
    seen = 0
    for number, part in parts.items():
        for sentence in part.unread:
            table.differ(f"partition {number}, {sentence}")
        if part.position is not None:
            table.equal(f"now of partition {number}", part.position.now, part.now)
            duplicates = counts[number].duplicates
            count = counts[number]
            taken, refused = len(part.events) - count.refused, part.refused - part.foreign
            table.equal(f"events of partition {number}", part.position.events, taken)
            table.equal(f"duplicates of partition {number}", part.position.duplicates, duplicates)
            letters = part.position.dead_letters
            table.equal(f"dead letters of {number}", letters, refused + count.refused)
        for dossier_id, record in part.records.items():
            seen += 1
            story = counts[number].stories.get(dossier_id)
            if story is None:
                table.differ(f"{dossier_id}: has a state but no event, or should have been dropped")
                continue
            table.equal(dossier_id, state_of(record), story_of(story))
            found, told = beside(record, story)
            odd = [f"{name} {found[name]!r}, recounted {told[name]!r}"
                   for name in found if found[name] != told[name]]  # fmt: skip
            beside_it.compared += 1
            if odd:
                beside_it.differ(f"{dossier_id}: {'; '.join(odd)}")
    table.equal("dossiers", seen, sum(len(count.stories) for count in counts.values()))
    return [table, beside_it]


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
    return ((), False) if owned is None else (owned.owners, owned.handed)


def _told(count: LogCount, dossier_id: str) -> tuple[tuple[str, ...], bool]:
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
    raised: dict[str, set[int]] = defaultdict(set)
    for id_, alerts in history.items():
        numbers = [a.sequence for a in alerts]
        last = alerts[-1]
        expected = _numbered(numbers, anew=last.dossier_id in came_back)
        check.equal(f"sequence of alert {id_}", numbers, expected)
        if last.kind == "overdue" and last.transition == "raised":
            raised[last.dossier_id].add(last.due_at)
    for part in parts.values():
        for dossier_id, record in part.records.items():
            story = stories.get(dossier_id)
            if story is None:
                continue
            now = {a.cause for a in record.alerts if a.kind == "overdue" and a.status == "raised"}
            truth = {story.due} if story.verdict == "overdue" else set()
            check.equal(f"{dossier_id} overdue", now, truth)
            step_over = any(
                a.kind == "step_overdue" and a.status == "raised" for a in record.alerts
            )
            check.equal(f"{dossier_id} step_overdue", step_over, story.step_overdue)
            if raised.get(dossier_id, set()) != now:
                # The topic is read after the table: the dossier may have gone on.
                check.moved += 1
    return check


def _alert_history(read: ReadTopic, ours: Collection[str]) -> dict[str, list[Alert]]:
    """Every transition of the alerts on dossiers, by alert, in the topic's order."""
    history: dict[str, list[Alert]] = defaultdict(list)
    for message in read(ALERTS):
        if (alert := read_or_none(_alert, message.value())) is None:
            continue
        if alert.kind != "unit_backlog" and alert.timeline in ours:
            history[alert.alert_id].append(alert)
    return history


def _numbered(numbers: Sequence[int], *, anew: bool) -> list[int]:
    """What these sequence numbers should be. ``anew``: 1 may come again."""
    found: list[int] = []
    for number in numbers:
        found.append(1 if not found or (anew and number == 1) else found[-1] + 1)
    return found
