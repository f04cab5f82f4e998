"""A process that has ended is started again: how soon, and what it needs before."""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import replace
from functools import partial

import pytest

from dossiers.errors import UserError
from dunghen.stack.backoff import Backoff
from dunghen.stack.child import Command
from dunghen.stack.readiness import kafka_listens
from dunghen.stack.supervisor import Supervisor
from dunghen.state.folder import StateFolder
from tests.dunghen.stack.fake_processes import Journal, Recorder


def came_back(times: int, said: list[tuple[str, str]]) -> bool:
    return sum("runs again" in text for _, text in said) == times


@pytest.mark.asyncio
async def test_a_killed_process_is_started_again(folder: StateFolder, journal: Journal) -> None:
    recorder = Recorder()
    supervisor = Supervisor(folder, recorder, backoff=lambda: Backoff(0.01, 0.1))
    await supervisor.start(journal.spec("worker"))
    try:
        for round_ in (1, 2):
            os.kill(journal.starts("worker")[-1], signal.SIGKILL)
            await recorder.until(partial(came_back, round_))
        assert len(set(journal.starts("worker"))) == 3
        [entry] = supervisor.status()
        assert (entry["restarts"], entry["pid"]) == (2, journal.starts("worker")[-1])
        assert any("killed by signal 9" in text for _, text in recorder.said)
    finally:
        await supervisor.stop()


def test_waits_double_up_to_the_longest_and_begin_again_after_health() -> None:
    backoff = Backoff(0.5, 4.0, healthy=60.0)
    assert [backoff.next(uptime=1.0) for _ in range(5)] == [0.5, 1.0, 2.0, 4.0, 4.0]
    assert backoff.next(uptime=61.0) == 0.0
    assert [backoff.next(uptime=1.0) for _ in range(2)] == [0.5, 1.0]


@pytest.mark.asyncio
async def test_a_process_that_fails_at_first_is_tried_on_in_the_background(
    folder: StateFolder, journal: Journal
) -> None:
    recorder = Recorder()
    supervisor = Supervisor(folder, recorder, backoff=lambda: Backoff(0.01, 0.05))
    spec, away = journal.spec("kafka"), [True]

    def command() -> Command:
        if away[0]:
            raise UserError("The disk is full.", "Make room.")
        return spec.command()

    problem = await supervisor.start_patiently(replace(spec, command=command), 20)
    assert str(problem) == "The disk is full. Make room."
    await supervisor.start(journal.spec("api"))
    away[0] = False
    await recorder.until(partial(came_back, 1))
    assert [p["state"] for p in folder.processes()] == ["running", "running"]
    assert await supervisor.start_patiently(journal.spec("worker"), 20) is None
    await supervisor.stop()
    assert [name for what, name in journal.events() if what == "stop"] == ["worker", "api", "kafka"]


@pytest.mark.asyncio
async def test_what_never_ran_is_waited_for_longer_and_longer(
    folder: StateFolder, journal: Journal
) -> None:
    recorder, waits = Recorder(), list[float]()

    class Noted(Backoff):
        def next(self, uptime: float) -> float:
            waits.append(uptime)
            return super().next(uptime)

    supervisor = Supervisor(folder, recorder, backoff=lambda: Noted(0.01, 0.02, healthy=1.0))

    def command() -> Command:
        raise OSError("no such program")

    await supervisor.start_patiently(replace(journal.spec("kafka"), command=command), 20)
    await recorder.until(lambda said: len(said) > 3)
    await supervisor.stop()
    assert max(waits) < 1.0


@pytest.mark.asyncio
async def test_a_process_is_not_started_in_vain(folder: StateFolder, journal: Journal) -> None:
    recorder, asked, kafka = Recorder(), asyncio.Event(), asyncio.Event()
    supervisor = Supervisor(folder, recorder, backoff=lambda: Backoff(0.01, 0.05))

    async def needed() -> None:
        asked.set()
        await kafka.wait()

    await supervisor.start(replace(journal.spec("worker"), needed=needed))
    os.kill(journal.starts("worker")[0], signal.SIGKILL)
    async with asyncio.timeout(20):
        await asked.wait()
    [entry] = supervisor.status()
    assert (entry["state"], entry["restarts"]) == ("backoff", 0)
    assert len(journal.starts("worker")) == 1
    kafka.set()
    await recorder.until(partial(came_back, 1))
    assert len(journal.starts("worker")) == 2
    await supervisor.stop()


@pytest.mark.asyncio
async def test_a_broker_listens_at_one_of_its_addresses() -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with asyncio.timeout(20), server:
        await kafka_listens(f"127.0.0.1:1,127.0.0.1:{port}")
        await kafka_listens("no address")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await kafka_listens(f"127.0.0.1:{port}")


@pytest.mark.asyncio
async def test_stop_during_backoff_does_not_wait(folder: StateFolder, journal: Journal) -> None:
    recorder = Recorder()
    supervisor = Supervisor(folder, recorder, backoff=lambda: Backoff(3600, 3600))
    await supervisor.start(journal.spec("worker"))
    os.kill(journal.starts("worker")[0], signal.SIGKILL)
    await recorder.until(lambda said: any("Starting it again" in text for _, text in said))
    async with asyncio.timeout(5):
        await supervisor.stop()
    assert len(journal.starts("worker")) == 1
