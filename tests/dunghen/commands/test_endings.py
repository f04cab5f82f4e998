"""How commands end that nobody let come to their end: without a traceback on the terminal."""

from __future__ import annotations

import importlib
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dunghen.terminal import defects, room_errors
from dunghen.terminal.errors import INTERRUPTED

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("loaded", ["re", "dunghen.cli", "msgspec"])
def test_ctrl_c_while_modules_are_loaded(loaded: str) -> None:
    """The signal comes at the import of one module: before, at and after that of the commands."""
    program = f"""
import os, runpy, signal, sys
class AtImport:
    def find_spec(self, name, path=None, target=None):
        if name == "{loaded}":
            os.kill(os.getpid(), signal.SIGINT)
sys.modules.pop("{loaded}", None)
sys.meta_path.insert(0, AtImport())
sys.argv[1:] = ["schema"]
signal.signal(signal.SIGINT, signal.default_int_handler)
runpy.run_module("dunghen", run_name="__main__")
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.stderr == ""
    assert ended.returncode in (INTERRUPTED, -signal.SIGINT)


def test_a_defect_is_a_sentence_and_a_file(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(logging.Logger, "hasHandlers", lambda _: False)
    with pytest.raises(KeyError) as raised:
        dict[str, str]()["nothing"]
    assert defects.report(raised.value) == 1
    said = capsys.readouterr().err
    (file,) = tmp_path.iterdir()
    assert "KeyError" in said
    assert str(file) in said
    assert "Traceback" not in said
    assert "Traceback" in file.read_text()
    assert os.stat(file).st_mode & 0o077 == 0


@pytest.mark.parametrize("name", sorted(room_errors._SENTENCES | room_errors._FAILURES))
def test_errors_of_rooms_are_known_by_the_names_they_have(name: str) -> None:
    module, _, kind = name.rpartition(".")
    found = getattr(importlib.import_module(module), kind)
    assert f"{found.__module__}.{found.__qualname__}" == name
