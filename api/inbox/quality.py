"""Is alerting any good? Judged from what was raised, answered, taken back and sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from dossiers.reference.policies import rule_name
from dossiers.time.calendar import Calendar
from dossiers.time.hours import HOUR

REMINDER = "due_soon"


@dataclass(frozen=True)
class AlertLife:
    """One alert of the window. ``taken_at``, ``ended_at``: data time (ms), 0 if it has not been."""

    kind: str
    level: int
    unit: str
    procedure: str
    raised_at: int
    taken_at: int
    ended_at: int
    status: str


@dataclass(frozen=True)
class Answered:
    """``raised`` alerts; ``judged`` of them were answered, or had the time to be; ``in_time``: of
    these, acknowledged or ended within the limit. ``to_take``, ``to_end``: medians, working ms,
    None without any. ``retracted`` were not true."""

    raised: int = 0
    judged: int = 0
    in_time: int = 0
    taken: int = 0
    ended: int = 0
    to_take: int | None = None
    to_end: int | None = None
    retracted: int = 0

    @property
    def in_time_share(self) -> float | None:
        """Percent; None if nothing can be judged yet."""
        return 100 * self.in_time / self.judged if self.judged else None

    @property
    def retracted_share(self) -> float | None:
        """Percent; None if nothing was raised."""
        return 100 * self.retracted / self.raised if self.raised else None


@dataclass(frozen=True)
class Load:
    """Messages of one receiver: on how many working days there were any, how many a day at the
    median and at most, and on how many days more than the budget."""

    receiver: str
    unit: str
    days: int
    groups: int
    median: float
    most: int
    over: int


@dataclass(frozen=True)
class AlertQuality:
    """``whole``: without reminders, which nobody has to answer. ``rules``: by name
    (dossiers.reference.policies.rule_name), most raised first. ``loads``: who got most first.
    ``cut``: only the newest alerts of the window were judged."""

    whole: Answered
    rules: tuple[tuple[str, Answered], ...]
    loads: tuple[Load, ...]
    cut: bool = False

    @property
    def groups_a_day(self) -> float | None:
        """Median over receivers and their days; None if nothing was sent."""
        found = [load.median for load in self.loads]
        return median(found) if found else None

    @property
    def over(self) -> tuple[Load, ...]:
        """Receivers who had more than the budget on a day."""
        return tuple(load for load in self.loads if load.over)


CalendarOf = Callable[[str], Calendar]  # by unit
HoursOf = Callable[[str, str], int]  # working hours that an acknowledgement has, by unit, procedure


def quality_of(
    lives: Sequence[AlertLife],
    loads: Sequence[Load],
    now: int,
    calendar: CalendarOf,
    hours: HoursOf,
    *,
    cut: bool = False,
) -> AlertQuality:
    """``now``: data time (ms). May run in a thread."""
    by_rule: dict[str, list[AlertLife]] = defaultdict(list)
    for life in lives:
        by_rule[rule_name(life.kind, life.level)].append(life)  # type: ignore[arg-type]
    rules = [(name, answered(of, now, calendar, hours)) for name, of in by_rule.items()]
    rules.sort(key=lambda each: (-each[1].raised, each[0]))
    asking = [life for life in lives if life.kind != REMINDER]
    return AlertQuality(answered(asking, now, calendar, hours), tuple(rules), tuple(loads), cut)


def answered(
    lives: Iterable[AlertLife], now: int, calendar: CalendarOf, hours: HoursOf
) -> Answered:
    """What has become of some alerts. One that was taken back was never to be answered."""
    raised = judged = in_time = retracted = 0
    takes: list[int] = []
    ends: list[int] = []
    for life in lives:
        raised += 1
        if life.status == "retracted":
            retracted += 1
            continue
        clock, limit = calendar(life.unit), hours(life.unit, life.procedure) * HOUR
        if life.taken_at:
            takes.append(clock.between(life.raised_at, life.taken_at))
        if life.ended_at:
            ends.append(clock.between(life.raised_at, life.ended_at))
        first = min((at for at in (life.taken_at, life.ended_at) if at), default=now)
        took = clock.between(life.raised_at, first)
        open_still = not life.taken_at and not life.ended_at
        judged += not open_still or took > limit
        in_time += not open_still and took <= limit
    return Answered(
        raised, judged, in_time, len(takes), len(ends), _median(takes), _median(ends), retracted
    )


def _median(amounts: Sequence[int]) -> int | None:
    return int(median(amounts)) if amounts else None


def loads_of(
    sent: Iterable[Mapping[str, int | str]],
    budget: Callable[[str], int],
    is_working: Callable[[int], bool],
) -> list[Load]:
    """``sent``: one entry a receiver and local day (its number), with how many ``groups`` and the
    ``unit`` that they were about, "" for several. Days off count no budget and no median."""
    days: dict[str, list[int]] = defaultdict(list)
    units: dict[str, set[str]] = defaultdict(set)
    for row in sent:
        if is_working(int(row["day"])):
            days[str(row["receiver"])].append(int(row["groups"]))
            units[str(row["receiver"])].add(str(row["unit"]))
    loads = []
    for receiver, counts in days.items():
        unit = units[receiver].pop() if len(units[receiver]) == 1 else ""
        over = sum(count > budget(unit) for count in counts)
        spread = (median(counts), max(counts))
        loads.append(Load(receiver, unit, len(counts), sum(counts), *spread, over))
    return sorted(loads, key=lambda load: (-load.over, -load.most, load.receiver))
