"""``dunghen verify``: recount the log, compare with stream and ClickHouse, say what differs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import msgspec

from broker.kafka import Kafka
from broker.reading import topic_reader
from broker.settings import UserSettings
from dossiers.errors import UserError
from dossiers.reference.context import Context as Compiled
from dossiers.reference.in_force import InForce
from dossiers.wire.records import Timeline
from dunghen.api_client.inner import RemoteClickHouse
from dunghen.clickhouse import ClickHouse, connect
from dunghen.settings.installation import Installation
from dunghen.stack.attached import on_stack
from dunghen.timeline.topics import read_reference, read_timeline
from oracle.checks import raw, sql_recount, stored, stream
from oracle.checks.cut import CutPartition, read_cut
from oracle.checks.report import Report
from oracle.figures import LogCount

SINK_SECONDS = 120.0  # s that the sink may need to insert what the cut holds
_POLL = 0.2


def run_verify(state: Path | None, *, as_json: bool, beside: dict[str, Any] | None = None) -> bool:
    """Verify a state folder, on its running stack or on one started for the purpose.

    ``beside``: what else the JSON object says. Prints the report; True if nothing differs. Raises
    UserError.
    """
    report = on_stack(state, verify)
    if as_json:
        said = {"equal": report.equal, **asdict(report), **(beside or {})}
        print(msgspec.json.encode(said).decode())
    else:
        print(as_text(report))
    return report.equal


def verify(installation: Installation, note: Callable[[str], None]) -> Report:
    """One verification of the stack that runs. Blocks; raises UserError."""
    begun = time.monotonic()
    bootstrap, client = installation.endpoints().kafka, installation.client
    timeline = read_timeline(bootstrap, client=client)
    if timeline is None:
        raise UserError(f"Kafka at {bootstrap} has no timeline yet: there is nothing to verify.")
    note("Reading the log and what was made from it ...")
    read = topic_reader(Kafka(bootstrap, client))
    parts = read_cut(read, timeline.partitions)
    report = Report(timeline.id, timeline.kind, 0)
    versions = _Versions(bootstrap, client)
    in_force: dict[int, InForce] = {}
    recounted: dict[int, stream.Figures] = {}
    counts: dict[int, LogCount] = {}
    for number, part in parts.items():
        in_force[number] = versions.in_force(part)
        known = partial(versions.in_force, part)
        recounted[number], counts[number] = stream.recount_partition(part, in_force[number], known)
        report.records += part.until
        report.events += len(part.events) - part.foreign
        report.dead_letters += part.refused
        report.duplicates += part.position.duplicates if part.position else 0
    report.dossiers = sum(len(count.ever) for count in counts.values())
    note(f"Comparing {report.dossiers} dossiers ...")
    report.checks += stream.check_table(parts, counts)
    report.checks.append(stream.check_owners(parts, counts))
    report.checks.append(stream.check_alerts(read, parts, counts.values()))
    checks, tallies, report.watermark = stream.check_tallies(read, parts, recounted)
    report.checks += checks
    store = connect(installation)
    try:
        _await_sink(store, timeline, note)
        report.checks += [
            stored.check_dossiers(store, timeline.id, parts, counts),
            stored.check_tallies(store, timeline.id, tallies),
            stored.check_alerts(store, timeline.id, parts),
            raw.check_events(store, timeline.id, parts),
            sql_recount.check_sql(store, timeline.id, parts, in_force[0], counts.values()),
        ]
    finally:
        store.close()
    report.seconds = round(time.monotonic() - begun, 3)
    if installation.folder.exists:
        installation.folder.write_checked(report.watermark, equal=report.equal)
    return report


class _Versions:
    """Reference data compiled once for all partitions."""

    def __init__(self, bootstrap: str, client: UserSettings) -> None:
        self._bootstrap, self._client = bootstrap, client
        self._compiled: dict[str, Compiled] = {}

    @lru_cache(maxsize=1_000)  # noqa: B019 (it lives as long as one verification)
    def _of(self, activated: tuple[tuple[int, int, str], ...]) -> InForce:
        found = InForce()
        for since, now, hash_ in activated:
            if hash_ not in self._compiled:
                reference = read_reference(self._bootstrap, hash_, client=self._client)
                self._compiled[hash_] = Compiled(reference, hash_)
            found.add(self._compiled[hash_], since, now)
        return found

    def in_force(self, part: CutPartition, first: int | None = None) -> InForce:
        """What the log of ``part`` activated, or the ``first`` so many of its activations; a dead
        letter of its own is no event of it."""
        return self._of(tuple(part.activated[:first]))


def _await_sink(store: ClickHouse, timeline: Timeline, note: Callable[[str], None]) -> None:
    """Until what was committed before now is in ClickHouse; a server's sink is asked by nobody."""
    if not isinstance(store, RemoteClickHouse):
        return
    begun = time.monotonic()
    ends = None
    while ends is None or not store.call("reached", ends):
        ends = ends or store.call("committed-ends", None)
        if time.monotonic() - begun > SINK_SECONDS:
            note("ClickHouse has not caught up; what it lacks counts as a difference.")
            return
        time.sleep(_POLL)


def as_text(report: Report) -> str:
    """For a terminal."""
    width = max(len(check.name) for check in report.checks)
    lines = [
        f"{report.events} events ({report.duplicates} duplicates), {report.dead_letters} dead "
        f"letters, {report.dossiers} dossiers, recounted in {report.seconds:.1f} s",
    ]
    for check in report.checks:
        mark = "✓" if check.differences == 0 else "✗"
        moved = f", {check.moved} moved on meanwhile" if check.moved else ""
        lines.append(
            f"{mark} {check.name:<{width}}  {check.compared} compared, "
            f"{check.differences} differences{moved}"
        )
        lines += [f"    {example}" for example in check.examples]
        if check.left_out:
            lines.append(f"    without {'; '.join(check.left_out)}")
    lines.append(f"The recount shares with the product: {'; '.join(report.shared)}.")
    lines.append(f"Not recounted: {'; '.join(report.left_out)}.")
    lines.append("No difference." if report.equal else "There are differences.")
    return "\n".join(lines)
