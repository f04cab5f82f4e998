"""The small stateful job on one engine: run it, check its result, and say how fast it was.

All engines are timed alike, from outside: output records carry the broker's time of arrival, and
the rate is that of the outputs after the first ``WARM_UP`` share of them, up to the last one.
Start-up, joining the group and a JVM's first compilations are thus no part of it. A run counts
only if there is exactly one output an event, the tallies are right, and the changelog holds the
right state of every dossier within ``SETTLE_SECONDS`` after the last output.
"""

from __future__ import annotations

import time
from pathlib import Path

import msgspec

from benchmarks import kafka, processes, small_job
from benchmarks.contract import Engine, Job

WARM_UP = 0.25
SETTLE_SECONDS = 20.0
START_SECONDS = 60.0
SLOWEST = 400  # events/s below which an engine is given up
_POLL_SECONDS = 0.1


class WrongResult(Exception):
    """An engine ended with something else than the right tallies and states."""


def load(bootstrap: str, topic: str, partitions: int, count: int) -> small_job.Expected:
    """Fill ``topic`` with ``count`` events and return what must come out of them."""
    kafka.create(bootstrap, [topic], partitions)
    events = list(small_job.events(count))
    kafka.fill(bootstrap, topic, ((e.dossier_id.encode(), small_job.encode(e)) for e in events))
    return small_job.expected(events)


def measure(name: str, engine: Engine, job: Job, expected: small_job.Expected) -> float:
    """Run ``engine`` over the events once; its rate in events/s.

    Raises WrongResult, or ChildError when it ends by itself or is too slow.
    """
    count = sum(seen for _, _, seen in expected.units.values())
    topics = [job.tallies, engine.changelog(job)]
    kafka.create(job.bootstrap, [job.tallies], job.partitions, kafka.STAMPED)
    kafka.create(job.bootstrap, topics[1:], job.partitions, {"cleanup.policy": "compact"})
    Path(job.folder).mkdir(parents=True)
    command = [
        processes.python(engine.environment),
        *("-m", "benchmarks.peers", name, msgspec.json.encode(job).decode()),
    ]
    try:
        with processes.running(command, Path(job.folder) / "engine.log") as child:
            _wait_for_outputs(child, job, count)
            _check_states(child, engine, job, expected)
        return _rate(job, expected, count)
    finally:
        kafka.delete(job.bootstrap, topics)


def _wait_for_outputs(child: processes.SpawnedProcess, job: Job, count: int) -> None:
    deadline = time.monotonic() + START_SECONDS + count / SLOWEST
    ends = kafka.EndOffsets(job.bootstrap, job.tallies)
    try:
        while (seen := ends.total()) < count:
            child.check()
            if time.monotonic() > deadline:
                raise processes.ChildError(
                    f"only {seen:,} of {count:,} outputs in time:\n{child.tail()}"
                )
            time.sleep(_POLL_SECONDS)
    finally:
        ends.close()


def _check_states(
    child: processes.SpawnedProcess, engine: Engine, job: Job, expected: small_job.Expected
) -> None:
    """Read the changelog back until it holds every right state; the last version counts."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        states: dict[str, small_job.State] = {}
        for record in kafka.read(job.bootstrap, engine.changelog(job), job.partitions):
            if record.key is not None and record.value is not None:
                entry = engine.state(record.key, record.value)
                if entry is not None:
                    states[entry[0]] = entry[1]
        if states == expected.states:
            return
        child.check()
        if time.monotonic() > deadline:
            wrong = sum(states.get(k) != state for k, state in expected.states.items())
            raise WrongResult(
                f"{wrong:,} of {len(expected.states):,} states in the changelog are wrong"
            )
        time.sleep(1)


def _rate(job: Job, expected: small_job.Expected, count: int) -> float:
    times: list[int] = []
    last: dict[bytes, small_job.Tally] = {}
    for record in kafka.read(job.bootstrap, job.tallies, job.partitions):
        times.append(record.at)
        last[record.key or b""] = small_job.decode_tally(record.value or b"")
    if len(times) != count:
        raise WrongResult(f"{len(times):,} outputs instead of {count:,}")
    units: dict[str, tuple[int, int, int]] = {}
    for tally in last.values():
        opened, finished, seen = units.get(tally.unit, (0, 0, 0))
        units[tally.unit] = (opened + tally.open, finished + tally.finished, seen + tally.events)
    if units != expected.units:
        raise WrongResult("the last tallies are wrong")
    times.sort()
    warm = [at for at in times if at > times[int(count * WARM_UP)]]
    if not warm:
        raise WrongResult("all outputs arrived at once: more events are needed")
    return len(warm) * 1_000 / (times[-1] - times[int(count * WARM_UP)])
