"""``dunghen replay`` end to end: a stack of real processes, an event log, right figures."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]

MAPPING = """
timezone = "Europe/Amsterdam"
calendar = "24x7"
finished = "column"
[columns]
dossier = "case"
activity = "what"
time = "at"
officer = "who"
unit = "where"
received = "from"
due = "due"
finished = "to"
"""
# Early, on time, late, open and overdue, open within, and a row that stands there twice.
LOG = """case,what,at,who,where,from,due,to
d1,start,2024-03-01 09:00:00,an,U1,2024-03-01 09:00:00,2024-03-10 17:00:00,2024-03-05 10:00:00
d1,check,2024-03-04 09:00:00,binh,U2,2024-03-01 09:00:00,2024-03-10 17:00:00,2024-03-05 10:00:00
d1,check,2024-03-04 09:00:00,binh,U2,2024-03-01 09:00:00,2024-03-10 17:00:00,2024-03-05 10:00:00
d2,start,2024-03-01 10:00:00,an,U1,2024-03-01 10:00:00,2024-03-06 17:00:00,2024-03-06 09:00:00
d3,start,2024-03-01 11:00:00,binh,U2,2024-03-01 11:00:00,2024-03-04 17:00:00,2024-03-07 09:00:00
d4,start,2024-03-02 11:00:00,binh,U2,2024-03-02 11:00:00,2024-03-08 17:00:00,
d5,start,2024-03-09 11:00:00,an,U1,2024-03-09 11:00:00,2024-03-30 17:00:00,
d6,start,not a time,an,U1,2024-03-09 11:00:00,2024-03-30 17:00:00,
"""


def counts(**given: int) -> dict[str, int]:
    names = ("total", "open", "waiting", "overdue", "early", "on_time", "late", "no_due")
    return {name: given.get(name, 0) for name in names}


def dunghen(*arguments: str, status: int = 0) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith("DUNGHEN_")}
    done = subprocess.run(
        [sys.executable, "-m", "dunghen", *arguments],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    return done


def figures(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert found.pop("seconds").keys() == {"publish", "process"}
    return found


@pytest.fixture
def replay(tmp_path: Path) -> tuple[str, ...]:
    (tmp_path / "log.csv").write_text(LOG)
    (tmp_path / "map.toml").write_text(MAPPING)
    files = (str(tmp_path / "log.csv"), "--mapping", str(tmp_path / "map.toml"))
    return ("replay", *files, "--state", str(tmp_path / "state"), "--until-end", "--json")


EXPECTED = {
    "events": {
        "read": 8,
        "taken": 6,
        "published": 15,
        "duplicates": 1,
        "dead_lettered": 1,
        "broken_off": 0,
    },
    "dossiers": counts(total=5, open=2, overdue=1, early=1, on_time=1, late=1),
    "officers": {
        "an": counts(total=2, open=1, on_time=1),
        "binh": counts(total=3, open=1, overdue=1, early=1, late=1),
    },
    "units": {
        "U1": counts(total=2, open=1, on_time=1),
        "U2": counts(total=3, open=1, overdue=1, early=1, late=1),
    },
    "as_of": "2024-03-09T10:00:00.000Z",
}


def test_figures_of_a_replay_twice(replay: tuple[str, ...], tmp_path: Path) -> None:
    """With a stack of its own each time, the second time paced; then another mapping is refused."""
    assert figures(dunghen(*replay)) == EXPECTED
    assert figures(dunghen(*replay, "--speed", "1000000")) == EXPECTED
    (tmp_path / "map.toml").write_text(MAPPING.replace("24x7", "vn-office"))
    assert "its mapping was another" in dunghen(*replay, status=2).stderr


def again_and_nothing(replay: tuple[str, ...], tmp_path: Path) -> None:
    """The same file by another name leaves no dead letter again; one of which nothing can be used
    is told by its exit status, and its figures are as of no time."""
    copy, bad = tmp_path / "copy.csv", tmp_path / "bad.csv"
    copy.write_text(LOG)
    assert figures(dunghen(replay[0], str(copy), *replay[2:])) == EXPECTED
    header = LOG.splitlines()[0]
    bad.write_text(f"{header}\nb1,x,soon,an,U1,,,\nb2,,2024-03-01,an,U1,,,\n")
    for _ in range(2):
        done = dunghen(replay[0], str(bad), *replay[2:], status=2)
        found = figures(done)
        assert found["as_of"] is None
        counted = {"read": 2, "taken": 0, "published": 0, "duplicates": 0, "dead_lettered": 2}
        assert found["events"] == {**counted, "broken_off": 0}
        assert "none of its 2 rows can be used; the commonest reason, in 1 of them" in done.stderr


def test_a_running_stack(replay: tuple[str, ...], tmp_path: Path) -> None:
    """Used by further replays, looked at, hurt and stopped."""
    state = ("--state", str(tmp_path / "state"))
    serving = [sys.executable, "-m", "dunghen", *replay]
    serving.remove("--until-end")
    with subprocess.Popen(
        serving, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as stack:
        try:
            assert stack.stdout is not None
            address, result = stack.stdout.readline(), stack.stdout.readline()
            assert address.endswith("/wall\n")
            assert json.loads(result)["dossiers"] == EXPECTED["dossiers"]
            assert "already runs on" in dunghen("up", *state, status=2).stderr
            found = json.loads(dunghen("status", *state, "--json").stdout)
            pids = {process["name"]: process["pid"] for process in found["processes"]}
            assert list(pids) == ["kafka", "worker", "api"]
            assert found["watermark"] == 1_709_978_400_000
            assert found["dead_letters"]["reasons"]
            assert set(found["lag"]["dossier-events"]) == {"0", "1", "2", "3"}
            assert {t["table"] for t in found["tables"]} >= {"dossier_events", "dossiers"}
            assert found["problems"] == []
            os.kill(pids["worker"], signal.SIGKILL)
            assert figures(dunghen(*replay)) == EXPECTED
            verified = json.loads(dunghen("verify", *state, "--json").stdout.splitlines()[-1])
            assert (verified["equal"], verified["dossiers"]) == (True, 5)
            again_and_nothing(replay, tmp_path)
            found = json.loads(dunghen("status", *state, "--json").stdout)
            assert found["dead_letters"]["reasons"] == {"bad_time": 2, "missing_activity": 1}
            assert [process["restarts"] for process in found["processes"]] == [0, 1, 0]
            left = [os.pidfd_open(process["pid"]) for process in found["processes"]]
        finally:
            stack.send_signal(signal.SIGINT)
        assert stack.wait(60) == 0
    for descriptor in left:
        assert select.select([descriptor], [], [], 5)[0], "a process outlived its supervisor"
        os.close(descriptor)
    assert json.loads(dunghen("status", *state, "--json").stdout)["running"] is False
