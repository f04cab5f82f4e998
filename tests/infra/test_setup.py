"""Setting up: steps are skipped when nothing changed; make and CI say when something failed."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from scripts.setup import Environment

ROOT = Path(__file__).parents[2]


def test_a_step_runs_once_and_again_when_its_inputs_change(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs: list[str] = []
    lock = tmp_path / "lock"
    made = tmp_path / "made"

    def step() -> None:
        environment = Environment(tmp_path / "venv")
        environment.step("x", "Doing x", [lock], lambda: runs.append(lock.read_text()), made)

    lock.write_text("1")
    made.mkdir()
    step()
    step()
    assert runs == ["1"]
    lock.write_text("2")
    step()
    assert runs == ["1", "2"]
    made.rmdir()
    step()
    assert runs == ["1", "2", "2"]
    assert capsys.readouterr().out.count("Doing x ...") == 3


def test_a_step_that_failed_runs_again(tmp_path: Path) -> None:
    environment = Environment(tmp_path)
    runs: list[int] = []

    def fail_first() -> None:
        runs.append(1)
        if len(runs) == 1:
            raise RuntimeError("no network")

    with pytest.raises(RuntimeError):
        environment.step("x", "Doing x", ["1"], fail_first)
    environment.step("x", "Doing x", ["1"], fail_first)
    assert len(runs) == 2


def test_make_lists_every_target() -> None:
    text = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", text, re.MULTILINE))
    done = subprocess.run(("make", "-C", str(ROOT)), capture_output=True, text=True, check=True)
    listed = set(re.findall(r"^  make ([a-z-]+)  +\S", done.stdout, re.MULTILINE))
    assert listed == targets
    assert {"setup", "demo", "test", "lint", "bench", "clean"} <= listed


@pytest.mark.parametrize("failing", ["lint", "test"])
def test_ci_fails_when_either_part_fails(failing: str, tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    make = tmp_path / "make"
    make.write_text(f'#!/bin/sh\necho "$1" >> {calls}\n[ "$1" != {failing} ]\n')
    make.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ("bash", str(ROOT / ".ci" / "run")),
        env={**os.environ, "PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    assert done.returncode != 0
    assert calls.read_text().split() == ["lint", "test"]
