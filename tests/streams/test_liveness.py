"""A worker that hangs ends itself."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from streams.liveness import EXIT_STUCK, Liveness

ROOT = Path(__file__).parents[2]


def test_a_take_over_without_progress_ends_the_process() -> None:
    ended = threading.Event()
    codes: list[int] = []

    def give_up(code: int) -> None:
        codes.append(code)
        ended.set()

    liveness = Liveness(0.1, give_up)
    liveness.taking_over(True)
    liveness.start()
    assert ended.wait(10)
    assert codes == [EXIT_STUCK]


def test_progress_and_beats_keep_it_alive() -> None:
    liveness = Liveness(60.0)
    assert liveness.stuck() is None
    liveness.taking_over(True)
    liveness.progress()
    assert liveness.stuck() is None
    liveness.taking_over(False)
    assert liveness.stuck() is None


def test_a_long_step_may_ask_for_grace() -> None:
    liveness = Liveness(0.0)
    liveness.taking_over(True)
    liveness.progress(grace=60)
    liveness.progress()
    assert liveness.stuck() in (None, "the event loop"), "the take-over has its grace"


def test_it_says_what_hangs() -> None:
    liveness = Liveness(-1.0)
    assert liveness.stuck() == "the event loop"
    liveness = Liveness(0.0)
    liveness.taking_over(True)
    liveness.beat()
    assert liveness.stuck() in ("the event loop", "the take-over of partitions")


def test_a_worker_that_the_group_never_answers_ends_itself() -> None:
    liveness = Liveness(0.0)
    liveness.waiting_for_group(True)
    liveness.waiting_for_group(True)
    liveness.beat()
    assert liveness.stuck() in ("the event loop", "joining the group")
    patient = Liveness(60.0)
    patient.waiting_for_group(True)
    assert patient.stuck() is None
    patient.waiting_for_group(False)
    assert patient.stuck() is None


def test_a_thread_that_hangs_keeps_no_worker_from_ending() -> None:
    hanging = (
        "import threading\n"
        "from streams.liveness import exit_within\n"
        "threading.Thread(target=threading.Event().wait).start()\n"
        "exit_within(0.1)\n"
    )
    ended = subprocess.run([sys.executable, "-c", hanging], cwd=ROOT, timeout=60, check=False)
    assert ended.returncode == EXIT_STUCK
