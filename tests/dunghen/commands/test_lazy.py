"""Commands are loaded one by one: each can be, and help of all needs none of the rooms."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from dunghen.cli import COMMANDS, Listed, loaded, run
from dunghen.settings.flags import GIVEN

ROOT = Path(__file__).parents[3]
ROOMS = {"api", "broker", "infra", "oracle", "sinks", "sources", "streams"}


@pytest.mark.parametrize("listed", COMMANDS, ids=lambda each: each.name)
def test_a_command_can_be_loaded_and_its_help_begins_with_what_is_listed(
    listed: Listed, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _, _ = (loaded(listed).help or "").partition("\n\n")
    assert " ".join(first.split()) == listed.summary
    monkeypatch.setenv("COLUMNS", "300")
    assert run([listed.name, "--help"]) == 0
    assert listed.summary in capsys.readouterr().out


def test_help_of_all_commands_imports_no_room() -> None:
    program = (
        "import json, sys\n"
        "from dunghen.cli import run\n"
        "assert run(['--help']) == 0\n"
        "print(json.dumps(sorted(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    *shown, modules = done.stdout.splitlines()
    assert all(any(f" {each.name} " in line for line in shown) for each in COMMANDS)
    rooms = {name.partition(".")[0] for name in json.loads(modules)}
    assert "dunghen" in rooms
    assert not rooms & ROOMS
    assert not [n for n in json.loads(modules) if n.startswith("dunghen.commands.")]


def test_a_command_that_there_is_not_is_told_of_its_like(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["verfy"]) == 2
    assert "verify" in capsys.readouterr().err


def test_flags_before_the_command_reach_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(GIVEN, "config", None)  # and again in the end
    file = tmp_path / "a.toml"
    file.write_text("[demo]\nseed = 77\n")
    assert run(["--config", str(file), "config", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["demo.seed"]["value"] == 77


def test_groups_and_single_commands_take_the_short_flag_for_help() -> None:
    for words in (["-h"], ["status", "-h"], ["keys", "add", "-h"]):
        assert run(words) == 0
