"""The whole fold in one host: load a fresh broker, run it, check its result, and time it.

All hosts are timed alike, from outside. A state in the changelog names the event it is as of, and
the broker stamps it: so the rate is that of the events folded after the first ``WARM_UP`` share,
up to the last state. A run counts only if all states and tallies are those of a plain run of the
fold over the same records in this process.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from benchmarks import city, fold, kafka, processes
from benchmarks.fold import FoldJob
from broker.kafka import Kafka
from broker.partitioner import partition_of
from dossiers.wire.keys import CLOCK_SCOPE, POSITION_KEY
from dossiers.wire.records import DossierRecord
from dossiers.wire.reference import encode_reference
from dossiers.wire.tallies import PartialTally
from dossiers.wire.topics import DOSSIERS, EVENTS, PARTIALS
from dunghen.timeline.topics import ensure_topics
from sources.publisher import Publisher

WARM_UP = 0.25
START_SECONDS = 90.0
SLOWEST = 300  # events/s below which a host is given up
_QUIET_SECONDS = 1.5
_decode_record = msgspec.json.Decoder(DossierRecord).decode
_decode_partial = msgspec.json.Decoder(PartialTally).decode


class WrongResult(Exception):
    """A host ended with other states or tallies than the plain fold."""


class Result(msgspec.Struct):
    """States (without their version) by dossier, and vectors by scope and source partition."""

    states: dict[str, DossierRecord]
    vectors: dict[tuple[str, int], tuple[int, ...]]


def prepare(bootstrap: str, name: str, count: int, partitions: int, folder: Path) -> FoldJob:
    """Make the topics, and fill them with ``count`` events and a tick for each second of them."""
    folder.mkdir(parents=True)
    reference = city.reference()
    timeline = ensure_topics(
        bootstrap, partitions=partitions, kind="replay", source="bench", reference=reference
    )
    file = folder / "reference.json"
    file.write_bytes(encode_reference(reference))
    second = 0
    with Publisher(Kafka(bootstrap), partitions, bulk=True) as publisher:
        for event in city.events(count):
            if event.occurred_at // 1_000 > second:
                second = event.occurred_at // 1_000
                publisher.tick(second * 1_000)
            publisher.publish(event)
        end = (second + 2) * 1_000
        publisher.tick(end)
    return FoldJob(name, bootstrap, timeline.id, partitions, str(file), str(folder), end)


def measure(name: str, job: FoldJob) -> float:
    """Run host ``name`` over the prepared events once; its rate in events/s."""
    count, expected = plain(job)
    command = [
        processes.python(fold.load(name).environment),
        *("-m", "benchmarks.fold", name, msgspec.json.encode(job).decode()),
    ]
    deadline = time.monotonic() + START_SECONDS + count / SLOWEST
    with processes.running(command, Path(job.folder) / "host.log") as child:
        wrong = "it wrote nothing"
        while True:
            _wait_until_quiet(child, job, deadline)
            changelog = list(kafka.read(job.bootstrap, DOSSIERS, job.partitions))
            found = Result({}, {})
            for record in changelog:
                _add_state(found, record.key, record.value)
            for record in kafka.read(job.bootstrap, PARTIALS, job.partitions):
                _add_vector(found, record.value)
            if found == expected:
                return _rate(changelog, count)
            wrong = _difference(found, expected)
            if time.monotonic() > deadline:
                raise WrongResult(f"{wrong}\n{child.tail()}")


def plain(job: FoldJob) -> tuple[int, Result]:
    """How many records the topic holds, and the fold of them in this process."""
    folds = fold.engines(job, partition_of)
    records: list[list[fold.Record]] = [[] for _ in folds]
    for partition, offset, key, value, _ in kafka.read(job.bootstrap, EVENTS, job.partitions):
        records[partition].append((offset, key, value))
    result = Result({}, {})
    for engine, log in zip(folds, records, strict=True):
        for output in fold.process(engine, log):
            if output.topic == DOSSIERS:
                _add_state(result, output.key, output.value)
            elif output.topic == PARTIALS:
                _add_vector(result, output.value)
    return sum(len(log) for log in records), result


def _wait_until_quiet(child: processes.SpawnedProcess, job: FoldJob, deadline: float) -> None:
    """Until something has come out and nothing more comes."""
    ends = kafka.EndOffsets(job.bootstrap, PARTIALS)
    try:
        seen, since = 0, time.monotonic()
        while time.monotonic() < deadline:
            child.check()
            now = ends.total()
            if now != seen:
                seen, since = now, time.monotonic()
            elif seen and time.monotonic() - since > _QUIET_SECONDS:
                return
            time.sleep(0.2)
    finally:
        ends.close()


def _add_state(result: Result, key: bytes | None, value: bytes | None) -> None:
    if key is None or key == POSITION_KEY or value is None:
        return
    record = _decode_record(value)
    result.states[record.dossier_id] = msgspec.structs.replace(record, epoch=0, offset=0)


def _add_vector(result: Result, value: bytes | None) -> None:
    if value is None:
        return
    partial = _decode_partial(value)
    if partial.scope != CLOCK_SCOPE:
        result.vectors[partial.scope, partial.partition] = partial.vector


def _difference(found: Result, expected: Result) -> str:
    states = sum(found.states.get(k) != v for k, v in expected.states.items())
    vectors = sum(found.vectors.get(k) != v for k, v in expected.vectors.items())
    return (
        f"{states:,} of {len(expected.states):,} states and {vectors:,} of "
        f"{len(expected.vectors):,} tallies are wrong"
    )


def _rate(changelog: list[kafka.Record], count: int) -> float:
    progress = sorted(_progress(changelog))
    folded = dict.fromkeys({partition for _, partition, _ in progress}, 0)
    warm: tuple[int, int] | None = None
    for at, partition, offset in progress:
        folded[partition] = max(folded[partition], offset + 1)
        if warm is None and sum(folded.values()) >= count * WARM_UP:
            warm = (at, sum(folded.values()))
    if warm is None or progress[-1][0] <= warm[0]:
        raise WrongResult("all states arrived at once: more events are needed")
    return (count - warm[1]) * 1_000 / (progress[-1][0] - warm[0])


def _progress(changelog: list[kafka.Record]) -> Iterator[tuple[int, int, int]]:
    """Stamp, source partition and offset of the event behind each state."""
    for record in changelog:
        if record.value is not None and record.key != POSITION_KEY:
            yield record.at, record.partition, _decode_record(record.value).offset
