"""The recount against partial and merged tallies: sums of what was counted, and of their parts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from dossiers.tallies.vector import FIELD, FIELDS, WIDTH
from dossiers.wire.keys import ALL, CLOCK_SCOPE, is_counted
from dossiers.wire.reading import decoder, read_or_none
from dossiers.wire.tallies import PartialTally, Tally
from dossiers.wire.topics import PARTIALS, TALLIES
from oracle.checks.cut import CutPartition, timelines
from oracle.checks.report import Check, ComparedFigure
from oracle.checks.stream import Figures
from oracle.ports import ReadTopic

_ZERO = (0,) * len(FIELDS)
_partial = decoder(PartialTally)
_tally = decoder(Tally)
_TOLD = (
    "open", "due_soon", "overdue", "suspended", "late_receptions", "received_month", "late_month",
)  # fmt: skip
_FINISHED = ("early_month", "on_time_month", "late_month", "no_due_month")
_Version = tuple[int, int]  # epoch, offset
_History = Mapping[tuple[str, int], Mapping[_Version, PartialTally]]  # by scope and partition


def check_tallies(
    read: ReadTopic, parts: Mapping[int, CutPartition], recounted: Mapping[int, Figures]
) -> tuple[list[Check], dict[str, tuple[int, Tally]], int]:
    """Partial tallies at the cut against the recount, and merged ones against their parts.

    Also returns the newest merged tally of each scope with its offset, and the watermark.
    """
    ours = timelines(parts)
    tallies, watermark = _newest_tallies(read, ours)
    history = _partial_history(read, ours)
    checks = [_check_partials(parts, recounted, history), _check_merged(tallies, history)]
    for scope in sorted({s for figures in recounted.values() for s in figures}):
        if scope not in tallies:
            checks[1].differ(f"{scope}: has dossiers but no tally")
    return checks, tallies, watermark


def _check_partials(
    parts: Mapping[int, CutPartition], recounted: Mapping[int, Figures], history: _History
) -> Check:
    """Of each scope and partition the newest vector at the cut; without one, all is zero."""
    check = Check("partial tallies = recount of the log")
    shown: list[tuple[int, ...]] = []  # of all dossiers, by partition
    for number, part in parts.items():
        figures = recounted[number]
        scopes = set(figures) | {s for s, p in history if p == number}
        for scope in sorted(scopes):
            versions = history.get((scope, number), {})
            past = [v for v in versions if v <= part.version]
            if not past and versions:
                check.moved += 1  # compaction has left only what came after the cut
                continue
            found = versions[max(past)].vector if past else _ZERO
            _same_vector(check, f"{scope} in partition {number}", found, figures.get(scope, _ZERO))
            if scope == ALL:
                shown.append(found)
    if len(shown) == sum(ALL in recounted[number] or (ALL, number) in history for number in parts):
        everything = [recounted[number].get(ALL, _ZERO) for number in parts]
        check.figures = _told(_sum(shown), _sum(everything))
    return check


def _sum(vectors: Collection[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(sum(column) for column in zip(_ZERO, *vectors, strict=True))


def _told(shown: tuple[int, ...], recounted: tuple[int, ...]) -> list[ComparedFigure]:
    """A few figures of all dossiers, each as somebody may have seen it on a wall."""
    found = [ComparedFigure(name, shown[FIELD[name]], recounted[FIELD[name]]) for name in _TOLD]
    finished = (sum(row[FIELD[name]] for name in _FINISHED) for row in (shown, recounted))
    return [*found, ComparedFigure("finished_month", *finished)]


def _check_merged(tallies: Mapping[str, tuple[int, Tally]], history: _History) -> Check:
    """Each merged vector is the sum of the partial ones whose versions it names."""
    check = Check("merged tallies = sum of their parts")
    by_name = {str(partition): partition for _, partition in history}  # others name anything
    for scope, (_, tally) in tallies.items():
        vectors = []
        for source, version in tally.versions.items():
            partial = history.get((scope, by_name.get(source, -1)), {}).get(version)
            if partial is not None:
                vectors.append(partial.vector)
        if len(vectors) < len(tally.versions):
            check.moved += 1  # compaction has taken one of them away
            continue
        total = tuple(sum(column) for column in zip(*vectors, strict=True))
        _same_vector(check, scope, tally.vector, total)
    return check


def _newest_tallies(
    read: ReadTopic, ours: Collection[str]
) -> tuple[dict[str, tuple[int, Tally]], int]:
    """The newest merged tally of each scope with its offset, and the watermark (ms)."""
    tallies: dict[str, tuple[int, Tally]] = {}
    clocks: dict[bytes, int] = {}
    for message in read(TALLIES):
        if (tally := read_or_none(_tally, message.value())) is None:
            continue
        if tally.timeline not in ours:
            continue
        if tally.scope == CLOCK_SCOPE:
            clocks[message.key() or b""] = tally.now
        elif is_counted(tally.scope):
            tallies[tally.scope] = (message.offset() or 0, tally)
    return tallies, min(clocks.values(), default=0)


def _partial_history(
    read: ReadTopic, ours: Collection[str]
) -> dict[tuple[str, int], dict[_Version, PartialTally]]:
    """The partial tallies that compaction has left, by scope and partition."""
    history: dict[tuple[str, int], dict[_Version, PartialTally]] = defaultdict(dict)
    for message in read(PARTIALS, committed=False):
        if (partial := read_or_none(_partial, message.value())) is None:
            continue
        # Those of another width are a former version's, and have been replaced since.
        known = partial.timeline in ours and len(partial.vector) == WIDTH
        if known and partial.scope != CLOCK_SCOPE:
            version = (partial.epoch, partial.offset)
            history[partial.scope, partial.partition][version] = partial
    return history


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
