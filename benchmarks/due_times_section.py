"""Section due-times: due times from limits, by table and minute by minute, on one core."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from functools import partial

import msgspec

from benchmarks.minute_loop import MINUTE, MinuteLoop
from benchmarks.options import Options
from benchmarks.report import Aim, Row, Section
from dossiers.time.calendar import Calendar
from dossiers.time.limits import due_after
from dossiers.wire.calendar_spec import OFFICE_WEEK, CalendarSpec, Week
from dossiers.wire.facts import Limit, LimitUnit
from sources.calendars import vn_office

ZONE = "Asia/Ho_Chi_Minh"
_START = 1_767_200_400_000  # 1 January 2026, local
_TWO_YEARS = 2 * 365 * 24 * 60  # minutes
_MOST: dict[LimitUnit, int] = {"hours": 160, "working_days": 30, "days": 45, "months": 6}
_CALENDARS = ("the office's", "a local holiday", "a short Friday", "Saturday morning")
_LOOP_SHARE = 2_000  # the loop gets one of so many receptions

Job = tuple[int, Limit, int]  # reception, limit, number of the calendar


class WrongDue(ValueError):
    """Table and loop differ."""


def run(options: Options) -> Section:
    """Measure both ways over the same receptions; a difference is no figure."""
    specs = _specs()
    rng = random.Random(1)  # noqa: S311
    jobs = [_job(rng, len(specs)) for _ in range(max(options.events, _LOOP_SHARE))]
    few = jobs[: len(jobs) // _LOOP_SHARE]
    loops = [MinuteLoop(spec, ZONE) for spec in specs]
    ours = Row(name="ours", label="by table", role="ours", unit="due/s")
    by_unit = {
        unit: Row(name=unit, label=f"  of these: {unit}", role="part", unit="due/s")
        for unit in _MOST
    }
    loop = Row(name="loop", label="minute by minute", role="peer", unit="due/s")
    build = Row(name="build", label="one calendar's table", role="part", unit="ms")
    for round_ in range(options.rounds):
        options.say(f"due-times: round {round_ + 1} of {options.rounds}")
        began = time.process_time()
        calendars = [Calendar(spec, ZONE) for spec in specs]
        build.values.append((time.process_time() - began) / len(specs) * 1_000)
        by_table = partial(_by_table, calendars)
        ours.values.append(_rate(jobs, by_table))
        for unit, row in by_unit.items():
            row.values.append(_rate([job for job in jobs if job[1].unit == unit], by_table))
        loop.values.append(_rate(few, partial(_by_minute, loops)))
        for job in few:
            if (found := by_table(job)) != (due := _by_minute(loops, job)):
                raise WrongDue(f"{job[1]} received at {job[0]} is due {due}, not {found}")
    return Section(
        name="due-times",
        title=f"Due times, {len(jobs):,} receptions over two years, one core",
        how=f"all four units of limits, {len(specs)} calendars: {', '.join(_CALENDARS)}",
        rows=[ours, *by_unit.values(), loop, build],
        aims=[
            Aim(of="ours", at_least=True, bound=200_000),
            Aim(of="build", at_least=False, bound=50),
        ],
    )


def _by_table(calendars: Sequence[Calendar], job: Job) -> int:
    received, limit, number = job
    return due_after(received, limit, calendars[number])


def _by_minute(loops: Sequence[MinuteLoop], job: Job) -> int:
    received, limit, number = job
    return loops[number].due(received, limit)


def _rate(jobs: Sequence[Job], due: Callable[[Job], int]) -> float:
    """Due times a second of processor time: what one core does that has nothing else to do."""
    began = time.process_time()
    for job in jobs:
        due(job)
    return len(jobs) / (time.process_time() - began)


def _job(rng: random.Random, calendars: int) -> Job:
    unit = rng.choice(tuple(_MOST))
    received = _START + rng.randrange(_TWO_YEARS) * MINUTE
    return received, Limit(rng.randint(1, _MOST[unit]), unit), rng.randrange(calendars)


def _specs() -> list[CalendarSpec]:
    office = vn_office()
    day, morning = OFFICE_WEEK.mon, ("07:30-11:30",)
    short_friday = Week(mon=day, tue=day, wed=day, thu=day, fri=("08:00-12:00", "13:00-15:30"))
    saturday = Week(mon=day, tue=day, wed=day, thu=day, fri=day, sat=morning)
    return [
        office,
        msgspec.structs.replace(office, local_holidays=("2026-03-16",)),
        msgspec.structs.replace(office, hours=short_friday),
        msgspec.structs.replace(office, hours=saturday),
    ]
