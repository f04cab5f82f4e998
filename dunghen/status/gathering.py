"""Gathers how a stack is doing. What cannot be asked is None, its reason in ``problems``."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import msgspec

from broker.groups import group_lag
from dossiers.wire.timeline import Timeline
from dossiers.wire.topics import DEAD_LETTERS, EVENTS, PARTIALS
from dunghen.api_client.inner import RemoteClickHouse
from dunghen.clickhouse import connect
from dunghen.dead_letters.topic import by_sender, read_dead_letters
from dunghen.settings.installation import Installation
from dunghen.terminal.masking import masked, scrub
from dunghen.timeline.current import require_timeline
from dunghen.timeline.known import noted_timeline
from dunghen.timeline.tallies import watermark_of
from dunghen.timeline.workers import worker_group, worker_statuses
from dunghen.verify.record import read_verifications

T = TypeVar("T")
MIB = 2**20
_TABLES = """
SELECT table, sum(rows) AS rows, sum(bytes_on_disk) AS bytes FROM system.parts
WHERE active AND database = currentDatabase() GROUP BY table ORDER BY table
"""
UNREACHED = """
SELECT receiver, channel, why, last_at AS at FROM (
  SELECT receiver, channel, argMax(outcome, (at, attempt)) AS last,
    argMax(detail, (at, attempt)) AS why, toUnixTimestamp64Milli(max(at)) AS last_at
  FROM deliveries WHERE timeline = {timeline:String} AND outcome IN ('delivered', 'gave_up')
    AND at > now() - toIntervalDay(7)
  GROUP BY receiver, channel)
WHERE last = 'gave_up' ORDER BY last_at DESC, receiver, channel LIMIT 100
"""
_SOURCES = """
SELECT source AS id, toUnixTimestamp64Milli(max(received_at)) AS newest FROM dossier_events
WHERE kind NOT IN ('restored', 'reassigned') GROUP BY source ORDER BY source
"""


def gather(installation: Installation) -> dict[str, Any]:
    """Everything ``dunghen status --json`` shows; times in ms since 1970 unless named otherwise."""
    folder = installation.folder
    holder = folder.lock.holder()
    found: dict[str, Any] = {
        "state": str(folder.path),
        "running": holder is not None or bool(installation.settings.kafka.bootstrap),
        "pid": holder,
        "endpoints": None,
        "timeline": None,
        "processes": _processes(installation) if holder is not None else [],
        "workers": _workers(installation),
        "lag": None,
        "watermark": None,
        "watermark_age_ms": None,
        "sources": None,
        "ingest": None,
        "queues": None,
        "dead_letters": None,
        "verified": None,
        "unreached": None,
        "tables": None,
        "problems": [],
    }
    if found["running"]:
        _ask_stack(installation, found)
    elif folder.exists and (known := folder.timeline()) is not None:
        found["timeline"] = msgspec.to_builtins(known)
    return found


def _ask_stack(installation: Installation, found: dict[str, Any]) -> None:
    ask = _Asker(found["problems"])
    endpoints = ask(installation.endpoints)
    if endpoints is None:
        return
    found["endpoints"] = {"kafka": masked(endpoints.kafka), "api": endpoints.api}
    timeline = ask(lambda: require_timeline(installation))
    found["lag"] = dict.fromkeys((EVENTS, PARTIALS))
    if timeline is not None:
        _ask_kafka(installation, found, timeline, ask)
    else:  # away, and what waits for it is of interest just then
        timeline = ask(lambda: noted_timeline(installation))
    found["timeline"] = None if timeline is None else msgspec.to_builtins(timeline)
    found["lag"]["sink"] = ask(lambda: _inner(installation, "sink"))
    found["ingest"] = ask(lambda: _inner(installation, "ingest"))
    queues = ask(lambda: _inner(installation, "queues"))
    if queues is not None:
        found["queues"] = [{"name": n, "held": held, "most": most} for n, held, most in queues]
    _ask_clickhouse(installation, found, found["watermark"], ask)


def _ask_kafka(
    installation: Installation, found: dict[str, Any], timeline: Timeline, ask: _Asker
) -> None:
    watermark = ask(lambda: watermark_of(installation.kafka, timeline.id)) or None
    found["watermark"] = watermark
    if watermark is not None and timeline.kind == "live":
        found["watermark_age_ms"] = time.time_ns() // 1_000_000 - watermark
    for topic in (EVENTS, PARTIALS):
        found["lag"][topic] = ask(partial(_lag, installation, timeline, topic))
    found["dead_letters"] = ask(lambda: _dead_letters(installation))
    found["verified"] = ask(lambda: _verified(installation))


class _Asker:
    """Calls what may fail; a failure is noted, once, and gives None."""

    def __init__(self, problems: list[str]) -> None:
        self._problems = problems

    def __call__(self, question: Callable[[], T]) -> T | None:
        try:
            return question()
        except Exception as error:
            text = scrub(str(error)) or type(error).__name__
            if text not in self._problems:
                self._problems.append(text)
            return None


def _processes(installation: Installation) -> list[dict[str, Any]]:
    return [{**entry, **_resources(entry["pid"])} for entry in installation.folder.processes()]


def _resources(pid: int | None) -> dict[str, Any]:
    # Only if a stack runs: help and a state of rest need not wait for it.
    import psutil  # noqa: PLC0415

    try:
        process = psutil.Process(pid) if pid else None
        memory = process.memory_info().rss // MIB if process else None
    except psutil.Error:
        memory = None
    return {"memory_mb": memory}


def _workers(installation: Installation) -> list[dict[str, Any]]:
    return [msgspec.to_builtins(status) for status in worker_statuses(installation.folder.run)]


def _lag(installation: Installation, timeline: Timeline, topic: str) -> dict[str, int]:
    lag = group_lag(
        installation.kafka,
        worker_group(timeline.id),
        topic,
        timeline.partitions,
    )
    return {str(partition): count for partition, count in sorted(lag.items())}


def _inner(installation: Installation, name: str) -> Any:
    """What an inner route of the API's process says; None without such a process."""
    endpoints = installation.endpoints()
    if not endpoints.api:
        return None
    api = RemoteClickHouse(endpoints.api, endpoints.token)
    try:
        return api.call(name, None)
    finally:
        api.close()


def _dead_letters(installation: Installation) -> dict[str, Any]:
    letters = read_dead_letters(installation, closed=True)
    states = Counter(entry.state for entry in letters)
    reasons = Counter(entry.letter.reason for entry in letters if entry.state == "open")
    return {
        "count": states["open"],
        "reasons": dict(reasons),
        "by_sender": by_sender([entry for entry in letters if entry.state == "open"]),
        "replayed": states["replayed"],
        "dropped": states["dropped"],
        "topic": DEAD_LETTERS,
    }


def _verified(installation: Installation) -> dict[str, Any] | None:
    """The recount that was begun last, of those on record, without what it compared in detail."""
    last = max(read_verifications(installation.kafka), key=lambda each: each.at, default=None)
    if last is None:
        return None
    return {
        "night": last.night,
        "occasion": last.occasion,
        "at": last.at,
        "duration_ms": last.duration,
        "outcome": last.outcome,
        "checks": len(last.checks),
        "compared": last.compared,
        "differences": last.differences,
        "problem": last.problem,
        "version": last.version,
    }


def _ask_clickhouse(
    installation: Installation, found: dict[str, Any], watermark: int | None, ask: _Asker
) -> None:
    clickhouse = ask(lambda: connect(installation))
    if clickhouse is None:
        return
    try:
        found["tables"] = ask(lambda: clickhouse.query(_TABLES))
        sources = ask(lambda: clickhouse.query(_SOURCES))
        if found["timeline"] is not None:
            line = {"timeline": found["timeline"]["id"]}
            found["unreached"] = ask(lambda: clickhouse.query(UNREACHED, line))
    finally:
        clickhouse.close()
    if sources is not None:
        now = watermark or max((row["newest"] for row in sources), default=0)
        found["sources"] = [
            {"id": row["id"], "newest": row["newest"], "age_ms": max(now - row["newest"], 0)}
            for row in sources
        ]
