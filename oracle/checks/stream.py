"""The recount against what the stream holds: dossier table, alerts, partial and merged tallies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from dossiers.reference.in_force import InForce
from dossiers.tallies.vector import FIELDS, WIDTH
from dossiers.wire.alerts import Alert
from dossiers.wire.keys import CLOCK_SCOPE
from dossiers.wire.reading import decoder, read_or_none
from dossiers.wire.records import Owned
from dossiers.wire.tallies import PartialTally, Tally
from dossiers.wire.topics import ALERTS, PARTIALS, TALLIES
from oracle.checks.cut import CutPartition
from oracle.checks.report import Check
from oracle.checks.states import beside, state_of, story_of
from oracle.figures import LogCount, recount_log
from oracle.ports import ReadTopic
from oracle.story import Story

Figures = dict[str, tuple[int, ...]]
_ZERO = (0,) * len(FIELDS)
_partial = decoder(PartialTally)
_tally = decoder(Tally)
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
    history: dict[str, list[Alert]] = defaultdict(list)
    ours = _timelines(parts)
    for message in read(ALERTS):
        if (alert := read_or_none(_alert, message.value())) is None:
            continue
        if alert.kind != "unit_backlog" and alert.timeline in ours:
            history[alert.alert_id].append(alert)
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


def _numbered(numbers: Sequence[int], *, anew: bool) -> list[int]:
    """What these sequence numbers should be. ``anew``: 1 may come again."""
    found: list[int] = []
    for number in numbers:
        found.append(1 if not found or (anew and number == 1) else found[-1] + 1)
    return found


def check_tallies(
    read: ReadTopic, parts: Mapping[int, CutPartition], recounted: Mapping[int, Figures]
) -> tuple[list[Check], dict[str, tuple[int, Tally]], int]:
    """Partial tallies at the cut against the recount, and merged ones against their parts.

    Also returns the newest merged tally of each scope with its offset, and the watermark.
    """
    tallies: dict[str, tuple[int, Tally]] = {}
    clocks: dict[bytes, int] = {}
    ours = _timelines(parts)
    for message in read(TALLIES):
        if (tally := read_or_none(_tally, message.value())) is None:
            continue
        if tally.timeline not in ours:
            continue
        if tally.scope == CLOCK_SCOPE:
            clocks[message.key() or b""] = tally.now
        else:
            tallies[tally.scope] = (message.offset() or 0, tally)
    history: dict[tuple[str, int], dict[tuple[int, int], PartialTally]] = defaultdict(dict)
    for message in read(PARTIALS, committed=False):
        if (partial := read_or_none(_partial, message.value())) is None:
            continue
        # Those of another width are a former version's, and have been replaced since.
        known = partial.timeline in ours and len(partial.vector) == WIDTH
        if known and partial.scope != CLOCK_SCOPE:
            version = (partial.epoch, partial.offset)
            history[partial.scope, partial.partition][version] = partial
    first = Check("partial tallies = recount of the log")
    for number, part in parts.items():
        figures = recounted[number]
        scopes = set(figures) | {s for s, p in history if p == number}
        for scope in sorted(scopes):
            versions = history.get((scope, number), {})
            past = [v for v in versions if v <= part.version]
            if not past and versions:
                first.moved += 1  # compaction has left only what came after the cut
                continue
            found = versions[max(past)].vector if past else _ZERO
            _same_vector(first, f"{scope} in partition {number}", found, figures.get(scope, _ZERO))
    second = Check("merged tallies = sum of their parts")
    for scope, (_, tally) in tallies.items():
        vectors = []
        for source, version in tally.versions.items():
            partial_ = history.get((scope, int(source)), {}).get((version[0], version[1]))
            if partial_ is not None:
                vectors.append(partial_.vector)
        if len(vectors) < len(tally.versions):
            second.moved += 1
            continue
        total = tuple(sum(column) for column in zip(*vectors, strict=True))
        _same_vector(second, scope, tally.vector, total)
    for scope in sorted({s for figures in recounted.values() for s in figures}):
        if scope not in tallies:
            second.differ(f"{scope}: has dossiers but no tally")
    return [first, second], tallies, min(clocks.values(), default=0)


def _timelines(parts: Mapping[int, CutPartition]) -> set[str]:
    """What others wrote into the topics is skipped, as the product does."""
    return {part.position.timeline for part in parts.values() if part.position is not None}


def _same_vector(
    check: Check, what: str, found: tuple[int, ...], expected: tuple[int, ...]
) -> None:
    check.compared += 1
    if found != expected:
        odd = [
            f"{name} {a}, recounted {b}"
            for name, a, b in zip(FIELDS, found, expected, strict=False)
            if a != b
        ]
        check.differ(f"{what}: {'; '.join(odd[:4])}")
