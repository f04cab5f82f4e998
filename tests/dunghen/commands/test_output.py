"""What senders and reference data write is text on an operator's terminal, nothing it obeys."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from dossiers.errors import UserError
from dossiers.wire.audit import Audited
from dunghen.cli import run
from dunghen.commands import audit
from dunghen.terminal.console import Terminal, error_line
from dunghen.terminal.output import PlainOutput, plain

ROOT = Path(__file__).parents[3]
HOSTILE = "\x1b]0;title\x07\x1b[2Jwiped\r\x9b31m\u202eback"


@pytest.mark.parametrize("target", ["[/x]", "[red]a[/red]", ":pile_of_poo:", "[link=x]y[/link]"])
def test_what_looks_like_markup_is_shown_as_it_is(
    target: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A path that somebody asked for must not hide the audit trail."""
    entry = Audited(timeline="0", at=0, kind="refused", subject="x", means="key", target=target)
    monkeypatch.setattr(audit, "read_audit", lambda _: [entry])
    assert run(["audit", "list", "--state", str(tmp_path / "state")]) == 0
    assert target in capsys.readouterr().out


class Screen(io.StringIO):
    """A terminal, or a file."""

    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


@pytest.mark.parametrize("terminal", [True, False])
def test_control_characters_are_spelled_out(terminal: bool) -> None:
    screen = Screen(terminal)
    out = PlainOutput(screen)
    print(HOSTILE, file=out)
    shown = screen.getvalue()
    assert "\\x1b]0;title\\x07" in shown
    assert not set(shown) & set("\x1b\x07\r\x9b\u202e")
    print("một\thai\r\nba", file=out)
    assert screen.getvalue().endswith("một\thai\r\nba\n")
    assert out.isatty() is terminal


def test_colours_stay_on_a_terminal_only() -> None:
    for terminal in (True, False):
        screen = Screen(terminal)
        print("\x1b[1;31mred\x1b[0m", file=PlainOutput(screen))
        assert ("\x1b[1;31m" in screen.getvalue()) is terminal


def test_sentences_and_lines_of_processes_are_plain(capsys: pytest.CaptureFixture[str]) -> None:
    screen = io.StringIO()
    terminal = Terminal(Console(file=screen))
    terminal.note(HOSTILE)
    terminal.warn("kafka", HOSTILE)
    terminal.line("kafka", HOSTILE.encode())
    error_line(str(UserError(HOSTILE)))
    shown = screen.getvalue() + capsys.readouterr().err
    assert shown.count("wiped") == 4
    assert not set(shown) & set("\x1b\x07\r\x9b\u202e")


@pytest.mark.parametrize("on_terminal", [True, False])
def test_a_command_says_what_it_always_said(on_terminal: bool) -> None:
    options: dict[str, Any] = {"cwd": ROOT, "stderr": subprocess.PIPE}
    command = [sys.executable, "-m", "dunghen", "--help"]
    if not on_terminal:
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True, **options)
        assert "Đúng Hẹn".encode() in done.stdout
        return
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, stdout=theirs, **options) as process:
        os.close(theirs)
        said = b""
        try:
            while piece := os.read(ours, 65_536):
                said += piece
        except OSError:  # how a terminal says that its program has ended
            pass
        assert process.wait() == 0
    os.close(ours)
    assert "Đúng Hẹn".encode() in said


def test_letters_stay_letters() -> None:
    for text in ("Nguyễn Thị Ệ", "e\u0323\u0302", "日本", "a\u200db", "tab\tline\n"):
        assert plain(text) == text
