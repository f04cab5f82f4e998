"""Section walls: how many websocket clients one core serves with four deltas a second.

The API's process is bound to one core; all clients are in one process on another one, with the
broker. The stream rests, for it would only take time from the clients: merged tallies are sent as
it sends them. A number of walls is held if the slowest hundredth of the deltas takes at most 500 ms
from there to the client, all clients connect and stay, and all frames are delivered: an overloaded
server that skips deltas would look quick.
"""

from __future__ import annotations

import os
import subprocess
from contextlib import ExitStack
from typing import Any

import msgspec
import psutil

from benchmarks import processes, stack
from benchmarks.city import UNITS
from benchmarks.options import Options
from benchmarks.report import Aim, Row, Section
from benchmarks.stack import Stack
from dossiers.wire.keys import ALL, unit_scope
from dossiers.wire.topics import TALLIES
from infra.process import tied

HELD_MS = 500.0
DELIVERED = 0.999
BURST_UNITS = 20  # a delta of about 2 kB
_CONNECT_SECONDS = 120


class _Report(msgspec.Struct):
    """As benchmarks.crowd prints it; that module needs the peers' environment."""

    connected: int
    lost: int
    delivered: float
    p50: float
    p99: float


def run(options: Options) -> Section:
    """Try one number after the other, until one is not held."""
    section = Section(
        name="walls",
        title="Walls held by one core, 4 deltas a second",
        how=f"tallies -> delta at each client; held: p99 <= {HELD_MS:.0f} ms, nothing skipped",
        aims=[Aim(of="held", bound=10_000)],
    )
    held = Row(name="held", label="walls held", role="ours", unit="clients", values=[0.0])
    section.rows.append(held)
    if not processes.PEERS_PYTHON.exists():
        held.values, held.failure = [], "picows is missing: run `make bench`, which makes it"
        return section
    with stack.running(options, "walls") as ours, ExitStack() as cleanup:
        # Every unit gets a tally.
        ours.load(UNITS)
        resting = _separate(ours)
        for process in resting:
            cleanup.callback(process.resume)
            process.suspend()
        for clients in options.walls:
            options.say(f"walls: {clients:,} clients")
            try:
                report = _crowd(ours, clients, options.seconds)
            except (processes.ChildError, subprocess.TimeoutExpired) as error:
                section.rows.append(_row(clients, "p99", "ms", [], str(error)))
                break
            section.rows.append(_row(clients, "p50", "ms", [report.p50]))
            section.rows.append(_row(clients, "p99", "ms", [report.p99]))
            share = report.delivered * 100
            section.rows.append(_row(clients, "delivered", "%", [share]))
            if not _is_held(report, clients):
                break
            held.values = [float(clients)]
    return section


def _row(clients: int, what: str, unit: str, values: list[float], failure: str = "") -> Row:
    return Row(
        name=f"walls-{clients}-{what}",
        label=f"  {clients:,} walls: {what}",
        role="part",
        unit=unit,
        values=values,
        failure=failure,
    )


def _is_held(report: _Report, clients: int) -> bool:
    return (
        report.connected == clients
        and report.lost == 0
        and report.delivered >= DELIVERED
        and report.p99 <= HELD_MS
    )


def _separate(ours: Stack) -> list[psutil.Process]:
    """The API alone on the first core, the broker on the others; returns what is to rest."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) > 1:
        ours.process("api").cpu_affinity(cores[:1])
        ours.process("kafka.Kafka").cpu_affinity(cores[1:])
    return [ours.process("worker"), ours.process("tick")]


def _tallies(ours: Stack) -> list[Any]:
    """The newest tallies of the whole and of some units."""
    scopes = [ALL.encode(), *(unit_scope(f"U{i:03d}").encode() for i in range(BURST_UNITS))]
    newest = {
        record.key: record.value
        for record in ours.read(TALLIES, committed=False)
        if record.value is not None
    }
    return [msgspec.json.decode(newest[scope]) for scope in scopes]


def _crowd(ours: Stack, clients: int, seconds: int) -> _Report:
    cores = sorted(os.sched_getaffinity(0))
    plan = {
        "url": ours.api.replace("http", "ws", 1) + "/api/v1/feed",
        "kafka": ours.kafka,
        "state": str(ours.state),  # where the password is: others may see a command's arguments
        "partitions": ours.partitions,
        "clients": clients,
        "seconds": seconds,
        "tallies": _tallies(ours),
    }
    command = [
        str(processes.PEERS_PYTHON),
        *("-m", "benchmarks.crowd", msgspec.json.encode(plan).decode()),
    ]
    if len(cores) > 1:
        command = ["taskset", "-c", ",".join(map(str, cores[1:])), *command]
    done = subprocess.run(
        tied(command),
        cwd=processes.ROOT,
        env={**os.environ, "PYTHONPATH": str(processes.ROOT)},
        capture_output=True,
        text=True,
        timeout=seconds + _CONNECT_SECONDS,
        check=False,
    )
    lines = done.stdout.splitlines()
    if done.returncode or not lines:
        raise processes.ChildError(f"the clients ended: {done.stderr[-500:]}")
    return msgspec.json.decode(lines[-1], type=_Report)
