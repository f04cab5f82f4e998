from __future__ import annotations

import asyncio
import os
import select
import signal
import subprocess
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from dossiers.errors import UserError
from dunghen.stack.backoff import Backoff
from dunghen.stack.child import Command
from dunghen.stack.readiness import kafka_listens
from dunghen.stack.supervisor import Supervisor
from dunghen.state.folder import StateFolder
from tests.dunghen.stack.fake_processes import FAILING, OBEDIENT, STUBBORN, Journal, Recorder

PARENT = """
import asyncio, os, sys
from pathlib import Path
from dunghen.state.folder import StateFolder
from dunghen.stack.supervisor import Supervisor
from tests.dunghen.stack.fake_processes import STUBBORN, Journal, Recorder

async def main():
    folder = StateFolder(Path(sys.argv[1])); folder.create()
    journal = Journal(Path(sys.argv[2]))
    supervisor = Supervisor(folder, Recorder())
    await supervisor.start(journal.spec("first"))
    await supervisor.start(journal.spec("second", STUBBORN))
    print("ready", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


def ends(descriptor: int, timeout: float) -> bool:
    """Whether the process of this pidfd has ended within ``timeout`` seconds."""
    poller = select.poll()
    poller.register(descriptor, select.POLLIN)
    return bool(poller.poll(timeout * 1000))


def came_back(times: int, said: list[tuple[str, str]]) -> bool:
    return sum("runs again" in text for _, text in said) == times


@pytest.fixture
def folder(tmp_path: Path) -> StateFolder:
    state = StateFolder(tmp_path / "state")
    state.create()
    return state


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal")


@pytest.mark.asyncio
async def test_starts_in_order_and_stops_in_reverse(folder: StateFolder, journal: Journal) -> None:
    supervisor = Supervisor(folder, Recorder())
    for name in ("kafka", "worker", "api"):
        await supervisor.start(journal.spec(name))
    assert [p["state"] for p in folder.processes()] == ["running"] * 3
    await supervisor.stop()
    started = [("start", name) for name in ("kafka", "worker", "api")]
    stopped = [("stop", name) for name in ("api", "worker", "kafka")]
    assert journal.events() == started + stopped
    assert [p["state"] for p in folder.processes()] == ["stopped"] * 3


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
async def test_a_process_that_ignores_sigterm_is_killed(
    folder: StateFolder, journal: Journal
) -> None:
    supervisor = Supervisor(folder, Recorder())
    await supervisor.start(journal.spec("stubborn", STUBBORN, stop=0.2))
    descriptor = os.pidfd_open(journal.starts("stubborn")[0])
    try:
        await supervisor.stop()
        assert ends(descriptor, 0)
    finally:
        os.close(descriptor)


@pytest.mark.asyncio
async def test_what_is_killed_while_others_stop_is_not_started_again(
    folder: StateFolder, journal: Journal
) -> None:
    recorder = Recorder()
    supervisor = Supervisor(folder, recorder, backoff=lambda: Backoff(0.0, 0.0))
    await supervisor.start(journal.spec("kafka"))
    await supervisor.start(journal.spec("worker", STUBBORN, stop=60.0))
    stopping = asyncio.create_task(supervisor.stop())
    await asyncio.sleep(0)  # it waits for the worker
    supervisor.kill()
    async with asyncio.timeout(30):
        await stopping
    assert journal.events() == [("start", "kafka"), ("start", "worker")]
    assert not any("again" in text for _, text in recorder.said)
    assert [p["state"] for p in folder.processes()] == ["stopped"] * 2


@pytest.mark.asyncio
async def test_a_child_that_ends_with_a_sentence_ends_the_start_with_it(
    folder: StateFolder, journal: Journal
) -> None:
    recorder = Recorder()
    supervisor = Supervisor(folder, recorder)
    with pytest.raises(UserError, match=r"^Port 80 is taken\. Choose another\.$"):
        await supervisor.start(journal.spec("api", FAILING))
    await supervisor.stop()
    assert "some output" in (folder.logs / "api.log").read_text()


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
    recorder, kafka = Recorder(), asyncio.Event()
    supervisor = Supervisor(folder, recorder, backoff=lambda: Backoff(0.01, 0.05))

    async def needed() -> None:
        await kafka.wait()

    await supervisor.start(replace(journal.spec("worker"), needed=needed))
    os.kill(journal.starts("worker")[0], signal.SIGKILL)
    await recorder.until(lambda said: any("Starting it again" in text for _, text in said))
    for _ in range(50):
        await asyncio.sleep(0.002)
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
async def test_a_slow_start_is_not_waited_for(folder: StateFolder, journal: Journal) -> None:
    supervisor = Supervisor(folder, Recorder())
    silent = "import time; time.sleep(60)"
    problem = await supervisor.start_patiently(journal.spec("kafka", silent), 0.2)
    assert "kafka is not ready after 0 s" in str(problem)
    await supervisor.stop()
    assert supervisor.status()[0]["pid"] is None


@pytest.mark.asyncio
async def test_a_process_that_is_never_ready_is_stopped_and_said(
    folder: StateFolder, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dunghen.stack.supervisor.FIRST_ATTEMPTS", 1)
    supervisor = Supervisor(folder, Recorder())
    silent = "import time; time.sleep(60)"
    with pytest.raises(UserError, match=r"worker was not ready within 0 s.*worker\.log"):
        await supervisor.start(journal.spec("worker", silent, start=0.2))
    assert supervisor.status()[0]["pid"] is None


def test_no_orphan_after_kill_9_of_the_parent(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    arguments = [str(tmp_path / "state"), str(journal.path)]
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, *arguments],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"ready\n"
        children = [journal.starts(name)[0] for name in ("first", "second")]
        descriptors = [os.pidfd_open(pid) for pid in children]
        parent.kill()
        parent.wait()
    started = time.monotonic()
    try:
        assert all(ends(descriptor, 5.0) for descriptor in descriptors)
    finally:
        for descriptor in descriptors:
            os.close(descriptor)
    assert time.monotonic() - started < 5.0
    assert StateFolder(tmp_path / "state").lock.holder() is None
    assert ("stop", "first") not in journal.events()  # killed, not asked


@pytest.mark.asyncio
async def test_important_lines_are_reported_and_logs_rotate(
    folder: StateFolder, journal: Journal
) -> None:
    recorder = Recorder()
    supervisor = Supervisor(folder, recorder, log_bytes=2_000, log_files=2)
    script = (
        "import sys\n"
        "for n in range(500): print('INFO line', n)\n"
        "print('ERROR disk on fire', flush=True)\n"
    )
    await supervisor.start(journal.spec("worker", script + OBEDIENT))
    await supervisor.stop()
    assert recorder.lines == [("worker", b"ERROR disk on fire")]
    files = sorted(path.name for path in folder.logs.iterdir())
    assert files == ["worker.log", "worker.log.1", "worker.log.2"]
    assert all(path.stat().st_size < 2_100 for path in folder.logs.iterdir())


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
