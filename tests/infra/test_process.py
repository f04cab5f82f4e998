"""No child outlives its parent; ports found free can be listened on."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from infra.ports import free_ports, is_free
from infra.process import LOCKED_BY_ANOTHER, locked, tied, wait_for_lock
from tests.support import wait_for

PARENT = """
import subprocess, sys, time
from infra.process import tied
child = subprocess.Popen(tied([sys.executable, "-c", "import time; time.sleep(600)"]))
print(child.pid, flush=True)
time.sleep(600)
"""


def test_a_tied_child_ends_with_a_killed_parent() -> None:
    with subprocess.Popen((sys.executable, "-c", PARENT), stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        wait_for(lambda: "infra" not in " ".join(child.cmdline()), what="the program took over")
        assert child.is_running()
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    wait_for(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, 10)


def test_a_tied_program_keeps_its_arguments_and_exit_code() -> None:
    program = (
        sys.executable,
        "-c",
        "import sys; print(sys.argv[1:]); sys.exit(7)",
        "a b",
        "-x",
        "",
    )
    done = subprocess.run(tied(program), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (7, "['a b', '-x', '']\n")


def test_a_child_of_a_parent_already_gone_does_not_begin() -> None:
    argv = list(tied((sys.executable, "-c", "print('ran')")))
    argv[argv.index(f"{os.getpid()}:9")] = "1:9"
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL
    assert done.stdout == ""


def test_a_lock_belongs_to_the_program_until_it_ends(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    program = (sys.executable, "-c", "print('ran', flush=True); input()")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(locked(program, lock), **pipes) as holder:  # type: ignore[call-overload]
        assert holder.stdout.readline() == "ran\n"
        assert not wait_for_lock(lock, 0.0)
        second = subprocess.run(locked(program, lock), capture_output=True, text=True, check=False)
        assert (second.returncode, second.stdout) == (LOCKED_BY_ANOTHER, "")
        assert str(lock) in second.stderr
        holder.kill()
    assert wait_for_lock(lock, 5.0)


def test_free_ports_differ_and_can_be_bound() -> None:
    ports = free_ports(5)
    assert len(set(ports)) == 5
    assert all(is_free(port) for port in ports)


def test_preferred_ports_are_taken_where_they_are_free() -> None:
    wanted = free_ports(2)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", wanted[0]))
        taken.listen(1)
        found = free_ports(2, preferred=wanted)
    assert wanted[1] == found[0]
    assert wanted[0] not in found


def test_no_free_port_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.ports.is_free", lambda *_: False)
    with pytest.raises(OSError, match="No free port"):
        free_ports(1)
