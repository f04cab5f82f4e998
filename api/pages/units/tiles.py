"""The five figures on top of a unit's page."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from api.insight.linked import LinkedCount
from api.insight.unit_windows import WindowRow, headline, windows
from api.live.rates import on_time_of, rate_in
from api.pages.parts.figure import FigureTile, Help, help_of
from api.pages.parts.limits import limit_hours
from api.pages.parts.marks import LiveBinding, Shape, Tone
from api.pages.parts.rates import floored, shown_rate
from api.pages.units.subject import UnitSubject
from dossiers.tallies.vector import WINDOWS
from dossiers.time.hours import HOUR


async def tiles(subject: UnitSubject) -> list[FigureTile]:
    """Open, due soon, overdue, on-time rate, late receptions. Raises StoreAway only if the page
    narrows more than the unit."""
    found, rate = await asyncio.gather(headline(subject.of, subject.viewer), rate_tile(subject))
    return [
        _tile(subject, found["open"], "open", notes=[subject.words("units_open_note")]),
        _tile(subject, found["due_soon"], "due_soon", "soon", "soon", [_until(subject)]),
        _tile(subject, found["overdue"], "overdue", "late", "overdue", [_share(subject, found)]),
        rate,
        _tile(
            subject, found["late_receptions"], "late_receptions", "late", "reception",
            [subject.words("units_late_receptions_note",
                           hours=subject.viewer.view.reference.rules.late_reception_hours)],
        ),
    ]  # fmt: skip


def _tile(
    subject: UnitSubject,
    counted: LinkedCount,
    key: str,
    tone: Tone = "neutral",
    shape: Shape = "",
    notes: list[str] | None = None,
) -> FigureTile:
    words, number = subject.words, counted.number
    text = words.number(number)
    change = _change(subject, key, number) if counted.live else ""
    links = subject.listed(words("units_list_of", n=text), counted.filter) if number else ()
    hours = limit_hours(key, subject.viewer.view.reference.rules)
    return FigureTile(
        label=words(f"units_{key}", hours=hours),
        value=text,
        tone=tone if number else "neutral",
        shape=shape,
        notes=tuple(filter(None, (*(notes or ()), change))),
        href=subject.href(counted.filter) if number else "",
        age="" if counted.live else subject.age(counted.as_of),
        help=help_of(words, key, age=subject.age(counted.as_of), links=links, hours=hours),
        live=LiveBinding(subject.scope, key) if counted.live else None,
    )


def _until(subject: UnitSubject) -> str:
    """Until when what is due soon is due."""
    now = subject.viewer.view.watermark or 0
    length = subject.viewer.view.reference.rules.due_soon_hours * HOUR
    at = subject.calendar.local(subject.calendar.add(now, length))
    day = subject.words(f"weekday_{at.isoweekday()}")
    return subject.words("units_due_until", day=day, time=at.strftime("%H:%M"))


def _share(subject: UnitSubject, found: Mapping[str, LinkedCount]) -> str:
    overdue, open_ = found["overdue"].number, found["open"].number
    if not open_:
        return subject.words("units_none_open")
    share = subject.words.decimal(100.0 * overdue / open_)
    return subject.words("units_share_of_open", share=share)


def _change(subject: UnitSubject, key: str, number: int) -> str:
    """Compared with the same time one working day earlier, if that is known."""
    before = _before(subject)
    if before is None:
        return ""
    difference = number - int(before[key])
    words, day = subject.words, _day_before(subject)
    if not difference:
        return words("units_as_before", day=day)
    way = "units_more" if difference > 0 else "units_fewer"
    return words(way, n=words.number(abs(difference)), day=day)


def _before(subject: UnitSubject) -> Mapping[str, Any] | None:
    return subject.viewer.live.keeper.history.before.get(subject.scope)


def _day_before(subject: UnitSubject) -> str:
    # The wall's comparison goes by the reference's own calendar.
    calendar = subject.viewer.view.context.calendar
    at = calendar.previous_working_moment(subject.viewer.view.watermark or 0)
    return subject.words(f"weekday_{calendar.local(at).isoweekday()}").lower()


async def rate_tile(subject: UnitSubject) -> FigureTile:
    """The rate of the month, or of 30 days while too few have finished in it."""
    if subject.of.narrows:
        month, days = await windows(subject.of, subject.viewer, ("month", "30d"))
        minimum = subject.viewer.view.reference.rules.minimum_volume
        row = days if month.judged < minimum <= days.judged else month
    else:
        window = on_time_of(subject.viewer.view, subject.scope).window
        [row] = await windows(subject.of, subject.viewer, (window,))
    return _rate(subject, row)


def _rate(subject: UnitSubject, row: WindowRow) -> FigureTile:
    words, rules = subject.words, subject.viewer.view.reference.rules
    judged = subject.of.with_(what="judged", window=row.window)
    fine = row.judged - row.late.number
    shown = shown_rate(row.rate, row.judged, rules, words)
    numbers = {"n": words.number(fine), "of": words.number(row.judged)}
    notes = [words("units_rate_note", **numbers)] if row.judged else []
    if shown.rate is None:
        notes.append(words("rate_few", least=words.number(rules.minimum_volume)))
    else:
        notes.append(_target(subject, shown.rate, rules.target_rate, row))
    live = row.late.live and shown.rate is not None and row.window == "month"
    return FigureTile(
        label=words(f"units_rate_{row.window}"),
        value=shown.text,
        unit="%" if shown.rate is not None else "",
        tone=shown.tone,
        shape=shown.shape,
        notes=tuple(notes),
        href=subject.href(judged) if row.judged else "",
        age="" if row.late.live else subject.age(row.late.as_of),
        help=_rate_help(subject, row, numbers),
        live=LiveBinding(subject.scope, "on_time_rate") if live else None,
    )


def _target(subject: UnitSubject, rate: float, target: float, row: WindowRow) -> str:
    words = subject.words
    text = words("units_target", target=words.decimal(target, 0 if target == int(target) else 1))
    if rate < target:
        return text + words("units_target_missing", points=words.decimal(target - rate))
    before = _before(subject)
    # Windows longer than the month are not kept for comparison.
    known = row.late.live and row.window in WINDOWS and before is not None
    past = rate_in(before, "month" if row.window == "month" else "30d") if known else None
    return text if past is None else text + words("units_rate_before", rate=floored(past, words))


def _rate_help(subject: UnitSubject, row: WindowRow, numbers: Mapping[str, str]) -> Help:
    words = subject.words
    late = subject.of.with_(what="late", window=row.window)
    links = (
        *subject.listed(words("units_list_late", n=words.number(row.late.number)), late),
        *subject.listed(
            words("units_list_of", n=numbers["of"]), late.with_(what="judged")
        ),
    )  # fmt: skip
    formula = (
        (numbers["n"], words("units_formula_fine")),
        ("/", ""),
        (numbers["of"], words("units_formula_judged")),
    )
    return help_of(
        words, "on_time_rate", age=subject.age(row.late.as_of), links=links,
        formula=formula if row.judged else (),
        result=f"{floored(row.rate, words)} %" if row.rate is not None else "",
    )  # fmt: skip
