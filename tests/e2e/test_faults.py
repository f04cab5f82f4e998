"""What happens to the stack changes no figure: kills, a worker replaced in its sleep, repetitions.

One stack goes through it all; each fixture is a chapter, and the tests judge what was seen then.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import psutil
import pytest

from tests.e2e import made_log
from tests.e2e.product import PATIENCE, ROOT, Replay, Serving, answer, command, environment
from tests.e2e.recount import recount
from tests.support import wait_for

pytestmark = pytest.mark.timeout(1200)
SPEED = 600_000  # sixty days of log in about nine seconds
AGAIN_SPEED = 10 * SPEED


@dataclass
class Story:
    """The stack, the log of its first part and the whole log, and what was seen so far."""

    serving: Serving
    part: Replay
    whole: Replay
    expected_part: dict[str, Any]
    expected: dict[str, Any]
    seen: dict[str, Any] = field(default_factory=dict)


def figures(result: dict[str, Any]) -> dict[str, Any]:
    return {key: result[key] for key in ("dossiers", "officers", "units", "as_of")}


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """A paced replay, and its worker killed in the middle of it."""
    folder = tmp_path_factory.mktemp("faults")
    rows = made_log.made(300)
    first = [row for row in rows if row["case:concept:name"] < "d-0200"]
    (folder / "map.toml").write_text(made_log.MAPPING)
    whole = Replay(
        made_log.write(folder / "whole.csv", rows), folder / "map.toml", folder / "state"
    )
    part = replace(
        whole, log=made_log.write(folder / "part.csv", first), flags=("--speed", f"{SPEED}")
    )
    with part.served() as serving:
        story = Story(
            serving, part, whole, recount(first, made_log.ZONE), recount(rows, made_log.ZONE)
        )
        wait_for(lambda: serving.folded() > 300, PATIENCE, what="folding")
        os.kill(serving.processes()["worker"]["pid"], signal.SIGKILL)
        wait_for(lambda: serving.processes()["worker"]["state"] != "running", what="its end")
        story.seen["folded"] = serving.folded()
        serving.wait_restarted("worker", 1)
        story.seen["killed"] = serving.result()
        yield story


@pytest.fixture(scope="module")
def replaced(killed: Story) -> Story:
    """The worker is stopped, a second one takes its place, the rest of the log comes, and the first
    wakes up again."""
    serving = killed.serving
    serving.result()
    sleeper = psutil.Process(serving.processes()["worker"]["pid"])
    sleeper.suspend()
    second = subprocess.Popen(
        command("worker", *killed.part.at),
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:

        def took_over() -> bool:
            assert second.poll() is None, "the second worker ended"
            status = serving.worker()
            return bool(status["pid"] == second.pid and status["phase"] == "running")

        wait_for(took_over, PATIENCE, what="the take-over")
        killed.seen["replaced"] = killed.whole.until_end()
        sleeper.resume()
        sleeper.wait(PATIENCE)
        serving.wait_restarted("worker", 2)
        # Both are the same member of the group, so the restarted one has fenced the second.
        killed.seen["second said"] = second.communicate(timeout=PATIENCE)[1]
        killed.seen["second ended"] = second.returncode
    finally:
        second.kill()
        second.wait()
    killed.seen["woken"] = killed.whole.until_end()
    killed.seen["verified"] = answer("verify", *killed.part.at)
    return killed


@pytest.fixture(scope="module")
def orphaned(replaced: Story) -> Story:
    """The supervisor is killed; nobody tells its children."""
    family = replaced.serving.family()
    replaced.seen["family"] = len(family)
    os.kill(replaced.serving.process.pid, signal.SIGKILL)
    replaced.serving.process.wait()
    _, alive = psutil.wait_procs(family, timeout=30)
    replaced.seen["orphans"] = [process.name() for process in alive]
    with replace(replaced.whole, flags=("--speed", f"{AGAIN_SPEED}")).served() as again:
        replaced.seen["again"] = again.result()
        replaced.seen["reopened"] = answer("verify", *replaced.part.at)
    return replaced


def test_a_worker_killed_in_the_middle_of_a_paced_replay(killed: Story) -> None:
    assert 300 < killed.seen["folded"] < killed.seen["killed"]["events"]["published"]
    assert figures(killed.seen["killed"]) == killed.expected_part


def test_a_second_worker_takes_over_from_one_that_sleeps(replaced: Story) -> None:
    assert figures(replaced.seen["replaced"]) == replaced.expected


def test_the_sleeper_is_fenced_and_changes_nothing(replaced: Story) -> None:
    assert figures(replaced.seen["woken"]) == replaced.expected
    assert replaced.seen["verified"]["equal"] is True
    assert replaced.seen["second ended"] not in (0, -signal.SIGKILL)
    said = replaced.seen["second said"]
    # Whichever comes first: the broker refuses its transaction, or the group its membership.
    assert "Error: " in said or "has lost worker-1; this worker ends" in said
    assert "Traceback" not in said, said


def test_no_orphan_outlives_a_killed_supervisor(orphaned: Story) -> None:
    assert orphaned.seen["family"] >= 3
    assert orphaned.seen["orphans"] == []


def test_the_state_is_right_after_everything_was_killed(orphaned: Story) -> None:
    assert orphaned.seen["reopened"]["equal"] is True
    assert figures(orphaned.seen["again"]) == orphaned.expected
