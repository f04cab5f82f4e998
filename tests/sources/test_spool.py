"""Records on disk: in order, bounded, and still there after kill -9."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sources.spool import Spool, SpoolError, SpoolFull

A, B, C = (b"a", b"1"), (b"b", b"2"), (b"a", b"3")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "spool" / "spool.sqlite"


def test_records_come_out_in_the_order_they_went_in(path: Path) -> None:
    spool = Spool(path, "line", 1_000)
    assert spool.head(10) == (0, [])
    spool.append([[A, B], [C]])
    first, records = spool.head(2)
    assert records == [A, B]
    assert (spool.records, spool.bytes) == (3, 3 * 34)
    spool.remove(first, records)
    spool.append([[A]])
    last, records = spool.head(10)
    assert records == [C, A]
    assert spool.oldest_at is not None
    spool.remove(last, records)
    assert (spool.records, spool.bytes) == (0, 0)
    spool.close()


def test_a_batch_is_kept_whole_or_not_at_all(path: Path) -> None:
    spool = Spool(path, "line", 3 * 34)
    spool.append([[A, B]])
    with pytest.raises(SpoolFull):
        spool.append([[C], [C]])
    assert spool.head(10)[1] == [A, B]
    spool.append([[C]])
    assert spool.records == 3
    spool.close()


def test_nothing_is_lost_by_kill_9_and_nobody_else_reads_it(path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from sources.spool import Spool\n"
        f"spool = Spool(Path({str(path)!r}), 'line', 1000)\n"
        "spool.append([[(b'a', b'1')]]); print('kept', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"kept\n"
        process.send_signal(signal.SIGKILL)
    spool = Spool(path, "line", 1_000)
    assert (spool.records, spool.bytes, spool.head(10)[1]) == (1, 34, [A])
    assert path.stat().st_mode & 0o77 == 0
    spool.close()


def test_of_another_timeline_damaged_or_in_use_it_is_refused(path: Path) -> None:
    Spool(path, "line", 1_000).close()
    with pytest.raises(SpoolError, match="holds records of the timeline line, not other"):
        Spool(path, "other", 1_000)
    path.write_bytes(b"something else, " * 1_000)
    with pytest.raises(SpoolError, match="cannot be used: file is not a database"):
        Spool(path, "line", 1_000)


def test_what_waits_goes_over_to_the_timeline_that_was_folded_from_the_same_log(
    path: Path,
) -> None:
    spool = Spool(path, "line", 1_000)
    spool.append([[A]])
    spool.close()
    Spool(path, "next", 1_000, former=("first", "line")).close()
    spool = Spool(path, "next", 1_000)
    assert spool.head(10)[1] == [A]
    spool.close()
    with pytest.raises(SpoolError, match="not line"):
        Spool(path, "line", 1_000)


def test_two_processes_do_not_share_it(path: Path) -> None:
    spool = Spool(path, "line", 1_000)
    program = (
        "from pathlib import Path; from sources.spool import Spool\n"
        f"Spool(Path({str(path)!r}), 'line', 1000)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert "cannot be used: database is locked" in done.stderr
    spool.close()
