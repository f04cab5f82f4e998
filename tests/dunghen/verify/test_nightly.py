"""A live stack recounts every night by itself: at its hour, once, and never for ever."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from broker.errors import BrokerAway
from broker.memory.kafka import MemoryKafka
from dossiers.wire.reference import Reference
from dossiers.wire.timeline import Timeline
from dossiers.wire.topics import VERIFICATIONS
from dossiers.wire.verifications import Verification
from dunghen.settings.model import Settings
from dunghen.settings.verify import VerifySettings
from dunghen.stack.child import Command
from dunghen.state.folder import StateFolder
from dunghen.verify import nightly
from dunghen.verify.nightly import Due, NightlyHost, NightRecount, keep_recounting
from dunghen.verify.record import last_hour, read_verifications, write_verification
from tests.dunghen.stack.fake_processes import Recorder
from tests.support.waiting import wait_for_async

FIVE = 1_795_989_600_000  # Monday 30 November 2026, 05:00 in Viet Nam
DAY, HOUR = 86_400_000, 3_600_000
LINE = Timeline(id="t", kind="live", partitions=2, created_at=FIVE - 40 * DAY)


class Nights:
    """A clock that the test sets, and the nights that were recounted."""

    def __init__(self, now: int) -> None:
        self.now = now
        self.done: list[str] = []
        self.looked = 0
        self.away = False

    def due(self, now: int) -> tuple[Due | None, int]:
        self.looked += 1
        if self.away:
            raise BrokerAway("Kafka does not answer.")
        night, since = last_hour(now, "05:00", ZoneInfo("Asia/Ho_Chi_Minh"))
        return (None if night in self.done else Due(night, since, "t")), since + DAY

    async def run(self, due: Due) -> None:
        self.done.append(due.night)

    @property
    def host(self) -> NightlyHost:
        return NightlyHost(self.due, self.run, lambda: self.now, settling=0.0, slice=0.001)


@pytest.mark.asyncio
async def test_a_missed_hour_is_made_up_for_once_and_later_ones_are_met() -> None:
    nights = Nights(FIVE + 3 * HOUR)
    task = asyncio.create_task(keep_recounting(nights.host, Recorder()))
    try:
        await wait_for_async(lambda: nights.done == ["2026-11-30"])
        nights.now = FIVE + DAY - 1
        await asyncio.sleep(0.02)
        assert nights.looked == 1
        nights.now = FIVE + 4 * DAY + HOUR  # the machine was off meanwhile
        await wait_for_async(lambda: len(nights.done) == 2)
        assert nights.done == ["2026-11-30", "2026-12-04"]
    finally:
        task.cancel()


@pytest.mark.asyncio
async def test_a_night_waits_while_kafka_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nightly, "_SLICE", 0.0)
    nights = Nights(FIVE + HOUR)
    nights.away = True
    task = asyncio.create_task(keep_recounting(nights.host, Recorder()))
    try:
        await wait_for_async(lambda: nights.looked > 1)
        assert not nights.done
        nights.away = False
        await wait_for_async(lambda: nights.done == ["2026-11-30"])
    finally:
        task.cancel()


class Here:
    """An installation whose Kafka is in memory and whose child is a few lines of Python."""

    def __init__(self, folder: Path, program: str, **settings: Any) -> None:
        self.kafka = MemoryKafka()
        self.kafka.create_topics(VERIFICATIONS)
        self.folder = StateFolder(folder / "state")
        self.folder.create()
        self.settings = Settings(verify=VerifySettings(**settings))
        self.client = None
        self.told = Recorder()
        self.program = program
        self.recount = NightRecount(self, self.told)  # type: ignore[arg-type]

    def records(self) -> list[Verification]:
        return read_verifications(self.kafka)

    def command(self, _: object, *words: str) -> Command:
        return Command((sys.executable, "-S", "-c", self.program, *words), {})


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    found = SimpleNamespace(timeline=LINE)
    monkeypatch.setattr(nightly, "read_timeline", lambda *_, **__: found.timeline)
    monkeypatch.setattr(nightly, "read_in_force", lambda *_, **__: (Reference(), None))
    return found


def test_a_night_is_due_unless_it_is_on_record_or_older_than_the_timeline(
    tmp_path: Path, line: SimpleNamespace
) -> None:
    here = Here(tmp_path, "")
    due, look_at = here.recount.due(FIVE + HOUR)
    assert (due, look_at) == (Due("2026-11-30", FIVE, "t"), FIVE + DAY)
    line.timeline = replace_line(created_at=FIVE + 1)
    assert here.recount.due(FIVE + HOUR)[0] is None
    line.timeline = LINE
    record = Verification(
        timeline="t", night="2026-11-30", occasion="night", at=FIVE, outcome="equal"
    )
    write_verification(here.kafka, record)
    assert here.recount.due(FIVE + HOUR) == (None, FIVE + DAY)


def replace_line(**changes: Any) -> Timeline:
    return Timeline(**{"id": "t", "kind": "live", "partitions": 2, **changes})


def run(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nightly, "own_command", here.command)
    asyncio.run(here.recount.run(Due("2026-11-30", FIVE, "t")))


@pytest.mark.parametrize(
    ("program", "minutes", "problem"),
    [
        ("print('Error: There is no room.'); raise SystemExit(2)", 1.0,
         "exit status 2. There is no room."),
        ("import os; os.kill(os.getpid(), 9)", 1.0, "killed by signal 9."),
        ("import time; time.sleep(60)", 0.005, "verify.minutes"),
    ],
    ids=["an error", "killed", "too long"],
)  # fmt: skip
def test_a_recount_that_comes_to_no_end_is_on_record_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, minutes: float, problem: str
) -> None:
    here = Here(tmp_path, program, minutes=minutes)
    run(here, monkeypatch)
    (record,) = here.records()
    assert (record.night, record.occasion, record.outcome) == ("2026-11-30", "night", "failed")
    assert problem in record.problem
    assert "came to no end" in here.told.said[-1][1]


def test_the_child_is_asked_to_stand_back_and_to_keep_what_it_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Here(tmp_path, "import sys; print('Error:', *sys.argv[1:])")
    run(here, monkeypatch)
    assert here.records()[0].problem.endswith("verify --record --gently --night 2026-11-30")


def test_gently_is_last_in_line_and_bounded() -> None:
    program = (
        "import os, resource\n"
        "from dunghen.verify.gentle import be_gentle\n"
        "be_gentle(256)\n"
        "print(os.nice(0), resource.getrlimit(resource.RLIMIT_DATA)[0])\n"
        "try:\n"
        "    bytearray(400 * 2**20)\n"
        "except MemoryError:\n"
        "    print('no room')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split("\n")[:2] == [f"19 {256 * 2**20}", "no room"]
