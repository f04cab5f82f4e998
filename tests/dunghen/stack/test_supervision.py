"""Processes are started in order, stopped in reverse, and leave nothing behind."""

from __future__ import annotations

import asyncio
import os
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dossiers.errors import UserError
from dunghen.stack.backoff import Backoff
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
