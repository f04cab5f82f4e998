"""Topic ``verifications``: what recounts found, made into records, written and read."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from zoneinfo import ZoneInfo

import msgspec

from broker.clients import AnyKafka
from broker.producing import Writer
from broker.reading import read_all
from dossiers.wire.keys import verification_key
from dossiers.wire.reading import read_or_none
from dossiers.wire.topics import VERIFICATIONS
from dossiers.wire.verifications import (
    LONGEST,
    MOST_CHECKS,
    MOST_EXAMPLES,
    Occasion,
    Verification,
    VerifiedCheck,
    VerifiedFigure,
    read_verification,
)
from dunghen.terminal.masking import scrub
from oracle.checks.report import Check, Report

_MOST_NUMBER = 2**53


def record_of(report: Report, night: str, occasion: Occasion, at: int) -> Verification:
    """What a finished verification becomes. ``at``: when it began, real time, ms."""
    return Verification(
        timeline=report.timeline,
        night=night,
        occasion=occasion,
        at=at,
        outcome="equal" if report.equal else "different",
        version=program_version(),
        duration=round(report.seconds * 1000),
        watermark=max(0, report.watermark),
        records=report.records,
        events=report.events,
        dossiers=report.dossiers,
        dead_letters=report.dead_letters,
        duplicates=report.duplicates,
        figures=tuple(
            VerifiedFigure(each.name, _count(each.shown), _count(each.recounted))
            for each in report.figures[:MOST_CHECKS]
        ),
        checks=tuple(map(_check, report.checks[:MOST_CHECKS])),
        shared=_sentences(report.shared),
        left_out=_sentences(report.left_out),
    )


def failed_record(
    timeline: str, night: str, occasion: Occasion, at: int, duration: int, problem: str
) -> Verification:
    """What one becomes that came to no end. ``at``: real time, ms; ``duration``: ms."""
    return Verification(
        timeline=timeline,
        night=night,
        occasion=occasion,
        at=at,
        outcome="failed",
        version=program_version(),
        duration=duration,
        problem=_sentence(problem),
    )


def write_verification(kafka: AnyKafka, record: Verification) -> None:
    """Put it in the place of the one of this night and occasion. Raises BrokerError."""
    with Writer(kafka) as writer:
        key = verification_key(record.night, record.occasion)
        writer.send(VERIFICATIONS, 0, key, msgspec.json.encode(record))


def read_verifications(kafka: AnyKafka) -> list[Verification]:
    """The newest of each night and occasion, the newest night last. Raises BrokerAway."""
    found: dict[bytes, Verification] = {}
    for message in read_all(kafka, VERIFICATIONS):
        record = read_or_none(read_verification, message.value())
        if record is not None and message.key() == verification_key(record.night, record.occasion):
            found[message.key() or b""] = record
    return sorted(found.values(), key=lambda each: (each.night, each.at))


def last_hour(now: int, hour: str, zone: ZoneInfo) -> tuple[str, int]:
    """The local date (ISO) on which it was last ``hour`` (HH:MM), and when that was: ms, like
    ``now``."""
    local = datetime.fromtimestamp(now / 1000, zone)
    found = _instant(local.date(), hour, zone)
    day = local.date() if found <= now else local.date() - timedelta(days=1)
    return day.isoformat(), _instant(day, hour, zone)


def next_hour(now: int, hour: str, zone: ZoneInfo) -> int:
    """When it is ``hour`` (HH:MM) next, after ``now``: both in ms."""
    day = date.fromisoformat(last_hour(now, hour, zone)[0])
    return _instant(day + timedelta(days=1), hour, zone)


def program_version() -> str:
    """Of the program that runs."""
    try:
        return version("dunghen")
    except PackageNotFoundError:
        return "0"


def _instant(day: date, hour: str, zone: ZoneInfo) -> int:
    hours, _, minutes = hour.partition(":")
    local = datetime(day.year, day.month, day.day, int(hours), int(minutes), tzinfo=zone)
    return int(local.timestamp() * 1000)


def _check(check: Check) -> VerifiedCheck:
    return VerifiedCheck(
        name=_sentence(check.name),
        compared=check.compared,
        differences=check.differences,
        moved=check.moved,
        examples=_sentences(check.examples[:MOST_EXAMPLES]),
        left_out=_sentences(check.left_out),
    )


def _sentences(texts: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return tuple(map(_sentence, texts[:MOST_CHECKS]))


def _sentence(text: str) -> str:
    return scrub(text)[:LONGEST]


def _count(number: int) -> int:
    """As records have it: what is shown may be anything."""
    return min(max(number, 0), _MOST_NUMBER)
