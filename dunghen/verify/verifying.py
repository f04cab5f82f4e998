"""The log recounted, and compared with what the stream and ClickHouse hold."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import lru_cache, partial

from api.desk.blobs import BlobStore
from broker.kafka import Kafka
from broker.reading import topic_reader
from broker.settings import UserSettings
from dossiers.errors import UserError
from dossiers.reference.context import Context as Compiled
from dossiers.reference.in_force import InForce
from dossiers.wire.tallies import Tally
from dossiers.wire.timeline import Timeline
from dunghen.api_client.inner import RemoteClickHouse
from dunghen.clickhouse import ClickHouse, connect
from dunghen.settings.installation import Installation
from dunghen.texts.erasing import texts_folder
from dunghen.timeline.reading import read_reference, read_timeline
from dunghen.verify import filtering
from dunghen.verify.lists import check_late_lists
from dunghen.verify.texts import check_texts
from oracle.checks import alerts, by_end, late_hours, raw, sql_recount, stored, stream, traits
from oracle.checks import tallies as tallies_check
from oracle.checks.cut import CutPartition, read_cut
from oracle.checks.report import Report
from oracle.figures import LogCount
from oracle.ports import ReadTopic

SINK_SECONDS = 120.0  # s that the sink may need to insert what the cut holds
_POLL = 0.2


def verify_timeline(installation: Installation, note: Callable[[str], None]) -> Report:
    """One verification of the stack that runs. Blocks; ``note`` is told what goes on. Raises
    UserError."""
    begun = time.monotonic()
    bootstrap, client = installation.endpoints().kafka, installation.client
    timeline = read_timeline(bootstrap, client=client)
    if timeline is None:
        raise UserError(f"Kafka at {bootstrap} has no timeline yet: there is nothing to verify.")
    note("Reading the log and what was made from it ...")
    read = topic_reader(Kafka(bootstrap, client))
    report = Report(timeline.id, timeline.kind, 0)
    recount = _Recount(read_cut(read, timeline.partitions), _Versions(bootstrap, client), report)
    note(f"Comparing {report.dossiers} dossiers ...")
    tallies = recount.compare_stream(read)
    recount.compare_texts(BlobStore(texts_folder(installation)))
    report.checks += check_late_lists(installation, read, timeline.id, recount.versions.compiled)
    store = connect(installation)
    try:
        _await_sink(store, timeline, note)
        recount.compare_stored(store, timeline.id, tallies)
    finally:
        store.close()
    report.seconds = round(time.monotonic() - begun, 3)
    if installation.folder.exists:
        installation.folder.write_checked(report.watermark, equal=report.equal)
    return report


class _Recount:
    """What the log says, partition by partition; ``report`` is told of it and of each comparison.

    ``parts``: the log up to the committed positions, and what was made from it, by partition.
    """

    def __init__(
        self, parts: Mapping[int, CutPartition], versions: _Versions, report: Report
    ) -> None:
        self.versions = versions
        self._parts = parts
        self._report = report
        self._in_force: dict[int, InForce] = {}
        self._figures: dict[int, stream.Figures] = {}
        self._counts: dict[int, LogCount] = {}
        for number, part in parts.items():
            self._in_force[number] = versions.in_force(part)
            known = partial(versions.in_force, part)
            self._figures[number], self._counts[number] = stream.recount_partition(
                part, self._in_force[number], known
            )
            report.records += part.until
            report.events += len(part.events) + len(part.acted) - part.foreign
            report.dead_letters += part.refused
            report.duplicates += part.position.duplicates if part.position else 0
        report.dossiers = sum(len(count.ever) for count in self._counts.values())

    def compare_stream(self, read: ReadTopic) -> Mapping[str, tuple[int, Tally]]:
        """With what the worker wrote into its topics; the newest tally of each scope
        there, with its offset."""
        report, parts, counts = self._report, self._parts, self._counts
        report.checks += stream.check_table(parts, counts)
        report.checks.append(stream.check_owners(parts, counts))
        report.checks.append(alerts.check_alerts(read, parts, counts, self._in_force))
        checks, tallies, report.watermark = tallies_check.check_tallies(read, parts, self._figures)
        report.checks += checks
        return tallies

    def compare_texts(self, blobs: BlobStore) -> None:
        """With what people wrote, which no topic has."""
        self._report.checks.append(check_texts(self._parts, blobs))

    def compare_stored(
        self, store: ClickHouse, timeline: str, tallies: Mapping[str, tuple[int, Tally]]
    ) -> None:
        """With what the sink wrote into ClickHouse, which it recounts in SQL, too."""
        parts, counts = self._parts, self._counts
        self._report.checks += [
            stored.check_dossiers(store, timeline, parts, counts),
            by_end.check_by_end(store, timeline),
            stored.check_tallies(store, timeline, tallies),
            stored.check_alerts(store, timeline, parts),
            raw.check_events(store, timeline, parts),
            traits.check_traits(store, timeline, parts),
            late_hours.check_late_hours(store, timeline, parts, counts, self._in_force),
            filtering.check_chosen(
                store,
                timeline,
                self._report.watermark,
                parts,
                counts,
                self._in_force[0].at(self._report.watermark),
            ),
            sql_recount.check_sql(store, timeline, parts, self._in_force[0], counts.values()),
        ]


class _Versions:
    """Reference data compiled once for all partitions."""

    def __init__(self, bootstrap: str, client: UserSettings) -> None:
        self._bootstrap, self._client = bootstrap, client
        self._compiled: dict[str, Compiled] = {}

    @lru_cache(maxsize=1_000)  # noqa: B019 (it lives as long as one verification)
    def _of(self, activated: tuple[tuple[int, int, str], ...]) -> InForce:
        found = InForce()
        for since, now, hash_ in activated:
            found.add(self.compiled(hash_), since, now)
        return found

    def compiled(self, hash_: str) -> Compiled:
        """The version with this content hash."""
        if hash_ not in self._compiled:
            reference = read_reference(self._bootstrap, hash_, client=self._client)
            self._compiled[hash_] = Compiled(reference, hash_)
        return self._compiled[hash_]

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
