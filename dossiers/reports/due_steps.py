"""How a due time came about: every addition to it, in order, each with the instant it led to.

The last step's instant is the due time that dossiers.time.limits and dossiers.fold.stops compute.
Codes:

received         the reception
outside_hours    counted from the next opening
hours, working_days, calendar_days, months   the limit was added; ``amount``, ``calendar``, and the
                 dates on the way that differ from the usual week: ``days_off``, ``make_up_days``
month_end        the month has no such day; its last one was taken
closing_time     limits in days and months end at closing time (a rule)
day_off          the day is no working day; closing time of the next one, or opening of a reception
same_day         closing time of the day; ``calendar``
after_cutoff     received too late for that; closing time of the next working day; ``cutoff``
beyond_calendar  the calendar ends before the limit
stopped          the clock stood from ``from`` to ``to``; ``measure`` says in what it was counted
                 (working_time, elapsed_time) and ``amount`` how much, in ms
set_meanwhile    the due time was set at ``from``, during the stop: only the part after that counts
closing_time     (after a stop) outside that day's opening to closing; its closing time
stop_end         not earlier than the end of the stop
not_earlier      a stop makes no due time earlier
as_at_first      the limit is not known: as much working time as there was until the first due time
promise_kept     the due time that the source had named is later than the limit that began anew
"""

from __future__ import annotations

from datetime import date

import msgspec

from dossiers.fold.stops import resume_shift, shifted, within_day
from dossiers.time.calendar import Calendar
from dossiers.time.day_table import LATEST, date_of
from dossiers.time.hours import by_weekday
from dossiers.time.limits import (
    DEFAULT_RULES,
    add_months,
    begin,
    due_after,
    same_day_due,
)
from dossiers.wire.calendar_spec import MakeUpDay
from dossiers.wire.facts import Limit
from dossiers.wire.reference import Rules

Param = int | str | list[str]


class DueStep(msgspec.Struct, frozen=True, omit_defaults=True):
    """``at``: the instant (ms) so far, after this step."""

    code: str
    at: int
    params: dict[str, Param] = {}


def explain_due(
    received_at: int, limit: Limit, calendar: Calendar, rules: Rules = DEFAULT_RULES
) -> list[DueStep]:
    """The steps of ``due_after``."""
    due = due_after(received_at, limit, calendar, rules)
    steps, start = _begin(received_at, calendar, rules)
    params: dict[str, Param] = {"amount": limit.amount, "calendar": calendar.version}
    if due >= LATEST:
        return [*steps, DueStep("beyond_calendar", due, params)]
    if limit.unit in ("hours", "working_days"):
        unusual = _unusual(calendar, start, due)
        return [*steps, DueStep(limit.unit, due, params | unusual)]
    day = calendar.day_of(start)
    target = day + limit.amount if limit.unit == "days" else add_months(day, limit.amount)
    at = calendar.at_clock(target, calendar.clock_of(start))
    code = "calendar_days" if limit.unit == "days" else "months"
    steps.append(DueStep(code, at, params))
    if code == "months" and date_of(target).day != date_of(day).day:
        steps.append(DueStep("month_end", at, {"date": date_of(target).isoformat()}))
    if not calendar.works_on(target):
        steps.append(DueStep("day_off", due, {"date": date_of(target).isoformat()}))
    elif due != at:
        steps.append(DueStep("closing_time", due))
    return steps


def explain_same_day(
    received_at: int, calendar: Calendar, rules: Rules = DEFAULT_RULES
) -> list[DueStep]:
    """The steps of ``same_day_due``."""
    steps, start = _begin(received_at, calendar, rules)
    due = same_day_due(received_at, calendar, rules)
    steps.append(
        DueStep(
            "same_day",
            calendar.closing_of(calendar.day_of(start)),
            {"calendar": calendar.version},
        )
    )
    if due != steps[-1].at:
        steps.append(DueStep("after_cutoff", due, {"cutoff": rules.same_day_cutoff}))
    return steps


def explain_resume(
    due: int,
    stopped_at: int,
    resumed_at: int,
    limit_unit: str,
    calendar: Calendar,
    rules: Rules = DEFAULT_RULES,
    since: int | None = None,
) -> list[DueStep]:
    """How a stop that began in time moved ``due``, which was set at ``since`` if that was during
    the stop."""
    steps: list[DueStep] = []
    begin = stopped_at
    if since is not None and since > stopped_at:
        begin = since
        steps.append(DueStep("set_meanwhile", due, {"from": since}))
    params: dict[str, Param] = {"from": begin, "to": resumed_at}
    moved = resume_shift(due, begin, resumed_at, limit_unit, calendar, rules)
    raw = shifted(due, begin, resumed_at, limit_unit, calendar, rules)
    by_day = limit_unit in ("days", "months") and rules.stop_measure == "limit_unit"
    if by_day and not calendar.always and resumed_at > begin:
        steps += _elapsed(due + resumed_at - begin, resumed_at - begin, params, calendar)
    else:
        params["measure"] = "working_time"
        params["amount"] = max(calendar.between(begin, resumed_at), 0)
        steps.append(DueStep("stopped", raw, params | {"calendar": calendar.version}))
    if steps[-1].at != moved:
        steps.append(DueStep("not_earlier" if moved == due else "stop_end", moved))
    return steps


def _elapsed(at: int, amount: int, params: dict[str, Param], calendar: Calendar) -> list[DueStep]:
    params = params | {"measure": "elapsed_time", "amount": amount, "calendar": calendar.version}
    steps = [DueStep("stopped", at, params)]
    inside = within_day(at, calendar)
    if inside != at:
        day = calendar.day_of(at)
        if calendar.works_on(day):
            steps.append(DueStep("closing_time", inside))
        else:
            steps.append(DueStep("day_off", inside, {"date": date_of(day).isoformat()}))
    return steps


def explain_again(
    steps: list[DueStep], due: int, promised_at: int | None, resumed_at: int, result: int
) -> list[DueStep]:
    """How a limit that began anew at ``resumed_at`` came to ``result``. ``steps``: of the limit;
    ``due``: the due time before; ``promised_at``: the last one that the source named."""
    found = list(steps)
    if not found or found[-1].at < result:
        if result == promised_at:
            found.append(DueStep("promise_kept", result))
        elif result == due:
            found.append(DueStep("not_earlier", result))
        else:
            found.append(DueStep("stop_end" if result == resumed_at else "as_at_first", result))
    return found


def _begin(received_at: int, calendar: Calendar, rules: Rules) -> tuple[list[DueStep], int]:
    steps = [DueStep("received", received_at)]
    start = begin(received_at, calendar, rules)
    if start != received_at:
        steps.append(DueStep("outside_hours", start))
    return steps, start


def _unusual(calendar: Calendar, start: int, end: int) -> dict[str, Param]:
    """Dates from ``start`` to ``end`` that make the way longer or shorter than the usual week."""
    if calendar.always:
        return {}
    spec = calendar.spec
    week = by_weekday(spec.hours)
    found: dict[str, Param] = {}
    made_up = {d.day if isinstance(d, MakeUpDay) else d for d in spec.make_up_days}
    listed = (("days_off", {*spec.days_off, *spec.local_holidays}), ("make_up_days", made_up))
    first, last = calendar.local_date(start).isoformat(), calendar.local_date(end).isoformat()
    for name, days in listed:
        works = name == "make_up_days"
        dates = [date.fromisoformat(d) for d in days if first <= d <= last]
        on_the_way = sorted(
            d.isoformat()
            for d in dates
            if calendar.is_working_day(d) == works and bool(week[d.weekday()]) != works
        )
        if on_the_way:
            found[name] = list(on_the_way)
    return found
