"""What a verification becomes as a record, and which night it is of."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import msgspec
import pytest

from broker.memory.kafka import MemoryKafka
from broker.producing import Writer
from dossiers.wire.keys import verification_key
from dossiers.wire.topics import VERIFICATIONS
from dossiers.wire.verifications import read_verification
from dunghen.verify.record import (
    failed_record,
    last_hour,
    next_hour,
    read_verifications,
    record_of,
    write_verification,
)
from oracle.checks.report import Check, ComparedFigure, Report

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
FIVE = 1_795_989_600_000  # Monday 30 November 2026, 05:00 there
DAY, MINUTE = 86_400_000, 60_000


def report(differences: int = 0) -> Report:
    check = Check("partial tallies = recount of the log", compared=9)
    check.figures = [ComparedFigure("open", 4_267 + differences, 4_267)]
    for number in range(differences):
        check.differ(f"unit:u{number}: " + "x" * 1_000)
    return Report("t", "live", FIVE, records=4_116_020, seconds=41.2, checks=[check])


def test_a_report_becomes_a_record_that_every_reader_takes() -> None:
    record = record_of(report(differences=400), "2026-11-30", "night", FIVE)
    assert read_verification(msgspec.json.encode(record)) == record
    assert (record.outcome, record.differences, record.compared) == ("different", 400, 9)
    assert (record.duration, record.records, record.agreeing) == (41_200, 4_116_020, 0)
    assert [(f.name, f.shown, f.recounted) for f in record.figures] == [("open", 4_667, 4_267)]
    assert 0 < len(record.checks[0].examples) < 10
    assert len(msgspec.json.encode(record)) < 10_000
    assert "when the clocks of steps that are over were used up" in record.left_out


def test_the_newest_of_a_night_counts_and_one_by_hand_stands_beside_it() -> None:
    kafka = MemoryKafka()
    kafka.create_topics(VERIFICATIONS)
    first = record_of(report(differences=2), "2026-11-30", "night", FIVE)
    by_hand = record_of(report(), "2026-11-30", "hand", FIVE + 3_600_000)
    failed = failed_record("t", "2026-11-29", "night", FIVE - DAY, 7, "It was ended. " * 100)
    for each in (record_of(report(), "2026-11-30", "night", 1), first, by_hand, failed):
        write_verification(kafka, each)
    with Writer(kafka) as writer:  # whoever may write into the topic
        writer.send(VERIFICATIONS, 0, b"k", b"{")
        writer.send(VERIFICATIONS, 0, verification_key("2026-11-30", "night"), b"[1]")
        writer.send(VERIFICATIONS, 0, b"elsewhere", msgspec.json.encode(by_hand))
    assert read_verifications(kafka) == [failed, first, by_hand]
    assert failed.outcome == "failed"


@pytest.mark.parametrize(
    ("now", "night", "since"),
    [
        (FIVE, "2026-11-30", FIVE),
        (FIVE - 1, "2026-11-29", FIVE - DAY),
        (FIVE + DAY - 1, "2026-11-30", FIVE),
    ],
)
def test_a_night_lasts_from_its_hour_to_the_next(now: int, night: str, since: int) -> None:
    assert last_hour(now, "05:00", HANOI) == (night, since)
    assert next_hour(now, "05:00", HANOI) == since + DAY


def test_an_hour_follows_the_clock_of_the_place() -> None:
    """In Amsterdam the clocks go back in the night to 25 October 2026."""
    place = ZoneInfo("Europe/Amsterdam")
    before = 1_792_810_800_000  # 05:00 there, on the day before
    assert next_hour(before, "05:00", place) == before + DAY + 60 * MINUTE
    assert last_hour(before + DAY, "05:00", place) == ("2026-10-24", before)
