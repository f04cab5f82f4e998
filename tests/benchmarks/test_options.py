"""The command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.options import SECTIONS, parse

ENGINES = {"small-job": ["limit", "ours", "bytewax_"], "fold": ["bare", "ours"]}


def test_everything_by_default() -> None:
    options = parse([], ENGINES, Path())
    assert options.wants("small-job")
    assert options.wants("walls")
    assert options.engines("small-job") == ENGINES["small-job"]


def test_only_takes_sections_and_engines() -> None:
    options = parse(["--only", "fold", "--only", "ours"], ENGINES, Path())
    assert not options.wants("small-job")
    assert options.wants("fold")
    assert options.engines("fold") == ["ours"]


def test_engine_alone_chooses_its_sections() -> None:
    options = parse(["--only", "bytewax"], ENGINES, Path())
    assert options.engines("small-job") == ["bytewax_"]
    assert [s for s in SECTIONS if options.wants(s)] == ["small-job"]


def test_figures_given_win_over_quick() -> None:
    options = parse(["--quick", "--events", "7"], ENGINES, Path())
    assert (options.events, options.rounds) == (7, 1)


@pytest.mark.parametrize("wrong", [["--only", "nothing"], ["--rounds", "0"], ["--events", "x"]])
def test_wrong_arguments_are_refused(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(wrong, ENGINES, Path())
    assert "error" in capsys.readouterr().err
