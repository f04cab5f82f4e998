"""The section of due times: both ways measured, and the same due times by both."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import due_times_section
from benchmarks.due_times_section import WrongDue
from benchmarks.minute_loop import MinuteLoop
from benchmarks.options import Options

OPTIONS = Options(events=4_000, rounds=1, work=Path(), say=lambda line: None)


def test_every_row_has_a_figure() -> None:
    section = due_times_section.run(OPTIONS)
    assert all(row.figure for row in section.rows)
    assert [aim.of for aim in section.aims] == ["ours", "build"]


def test_a_difference_is_no_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MinuteLoop, "due", lambda *_: 0)
    with pytest.raises(WrongDue, match="is due 0, not"):
        due_times_section.run(OPTIONS)
