"""What a long run takes for growth."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from benchmarks.long_run_section import count_segments, look, slope


def test_growth_is_the_slope_of_a_line_through_all_points() -> None:
    assert slope([(0, 5), (10, 5), (20, 5)]) == 0
    assert slope([(0, 1), (10, 3), (20, 5)]) == pytest.approx(0.2)
    assert slope([(0, 1), (1, 9), (2, 1)]) == pytest.approx(0), "a peak is no growth"
    assert slope([(3, 3)]) == 0


def test_processes_that_are_there_are_looked_at(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    listed = [{"name": "api", "pid": os.getpid()}, {"name": "worker", "pid": None}]
    (tmp_path / "run" / "processes.json").write_text(json.dumps(listed))
    found = look(tmp_path, 3.0)
    assert set(found) == {"api"}
    assert found["api"].memory > 1
    assert found["api"].handles > 2
    assert found["api"].threads >= 1
    folder = tmp_path / "kafka" / "data" / "topic-0"
    folder.mkdir(parents=True)
    for name in ("1.log", "2.log", "2.index"):
        (folder / name).touch()
    assert count_segments(tmp_path) == 2
