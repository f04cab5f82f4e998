"""How commands end that nobody let come to their end: without a traceback on the terminal."""

from __future__ import annotations

import errno
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path
from unittest.mock import Mock

import pytest

from broker.errors import BrokerError
from dossiers.errors import UserError
from dunghen import cli
from dunghen.stack.supervisor import StartFailed
from dunghen.terminal import defects
from dunghen.terminal.errors import INTERRUPTED
from infra.kafka.errors import PortTakenError
from sinks.errors import StoreError, StoreLocked
from sources.importer.rows import LogError
from sources.mapping_file import MappingError
from streams.errors import TransactionError

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


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UserError("No such file: a.csv.", "Name one that is there."), 2),
        (UserError("Stopped before the end.", exit_code=INTERRUPTED), INTERRUPTED),
        (PortTakenError("Another program took the port; start again."), 2),
        (StoreLocked("Another process owns the folder; stop it first."), 2),
        (StoreError("ClickHouse refused it.", 60), 2),
        (BrokerError("Kafka at k:1 did not take a record."), 2),
        (LogError("a.csv: is empty."), 2),
        (MappingError("a.toml: is not TOML."), 2),
        (TransactionError("The worker lost its partition."), 1),
        (StartFailed("kafka ended with status 3.", "Its log is kafka.log."), 1),
        (OSError(errno.ENOSPC, "No space left on device", "/full"), 2),
    ],
    ids=lambda each: type(each).__name__,
)
def test_an_error_that_a_user_can_put_right_is_one_line_and_its_exit_status(
    error: Exception,
    status: int,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cli, "app", Mock(side_effect=error))
    assert cli.run([]) == status
    said = capsys.readouterr().err
    sentence = "The disk is full (/full)." if isinstance(error, OSError) else str(error)
    assert said.startswith(f"Error: {sentence}")
    assert said.count("\n") == 1
