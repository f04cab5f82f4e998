"""A log's times as its mapping lets them be read: forms, missing values, dates that are none."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache

from dossiers.text.identity import identity
from dossiers.time.calendar import instant
from sources.importer.rows import LogError, LogRow
from sources.importer.times import MAX_TIME, parse_time
from sources.mapping import ROLES, Mapping
from sources.no_dates import NO_INSTANTS, is_no_day
from sources.time_forms import Order, by_pattern, digits_of, moment_of, with_midnight

_TIMES = tuple(ROLES.index(role) for role in ("time", "received", "due", "finished"))


class OrderNeeded(Exception):
    """A date whose day and month could change places: the whole file must say which is which."""


def moments(mapping: Mapping, order: Order | None) -> Callable[[str], int | None]:
    """What reads a time: UTC ms, or None if there is none (a missing value, or what systems
    write for "never"). ``order``: of day and month if the mapping does not tell.

    It raises ValueError or OverflowError for what is no time, and OrderNeeded; it remembers, since
    every row repeats its dossier's dates.
    """
    zone, form, missing = mapping.zone, mapping.time_form, mapping.missing_values
    order = form.order or order if form is not None else order

    plain = form is None or not form.pattern

    def read(text: str) -> int | None:
        if plain and "2000" <= text[:4] <= "2068":  # as nearly all are: nothing else can be meant
            try:
                at = parse_time(text, zone)
            except (ValueError, OverflowError):
                at = -1
            if at >= 0:
                return None if at in NO_INSTANTS or text in missing else at
        if len(text) > MAX_TIME:
            raise ValueError(f"a text of {len(text):,} characters is no time")
        text = identity(text)
        if text in missing or is_no_day(text):
            return None
        at = instant_of(text)
        return None if at in NO_INSTANTS else at

    def instant_of(text: str) -> int:
        if form is not None and form.pattern:
            try:
                return local(by_pattern(text, form.pattern))
            except ValueError:
                if form.pattern.startswith("%Y-%d"):  # not what ISO 8601 would make of it
                    raise
        try:
            return parse_time(text, zone)
        except ValueError:
            return rarer(text)

    def rarer(text: str) -> int:
        later = with_midnight(text)
        if later is not None:
            return parse_time(later, zone)
        digits = digits_of(text)
        if digits is None or order == "iso" or (form is not None and form.pattern):
            raise ValueError(f"{text[:40]!r} is no time")
        if digits.year_last and order is None:
            if digits.either_way:
                raise OrderNeeded
            return local(moment_of(digits, "mdy" if digits.second > 12 else "dmy"))
        if digits.year_last and order == "ymd":
            raise ValueError(f"{text[:40]!r} is no time")
        return local(moment_of(digits, order or "ymd"))

    def local(moment: datetime) -> int:
        return instant(moment if moment.tzinfo is not None else moment.replace(tzinfo=zone))

    # What raises is not remembered, so no long text is.
    return lru_cache(maxsize=65_536)(read)


def day_order(rows: Iterable[LogRow], name: str) -> Order:
    """Which of day and month comes first, by all dates of the file. Raises LogError if they do
    not tell, or contradict each other."""
    dmy = mdy = None
    unclear: list[str] = []
    for row in rows:
        if row.fault is not None:
            continue
        for place in _TIMES:
            text = row.values[place]
            digits = digits_of(identity(text)) if 8 <= len(text) <= MAX_TIME else None
            if digits is None or not digits.year_last:
                continue
            if digits.either_way:
                if len(unclear) < 2:
                    unclear.append(f"row {row.number} ({text.strip()!r})")
            elif digits.first > 12 >= digits.second and dmy is None:
                dmy = f"row {row.number} ({text.strip()!r})"
            elif digits.second > 12 >= digits.first and mdy is None:
                mdy = f"row {row.number} ({text.strip()!r})"
    what_to_do = (
        'Set time_format in the mapping to "dd/mm/yyyy" or "mm/dd/yyyy", whichever is meant.'
    )
    if dmy is not None and mdy is not None:
        raise LogError(
            f"{name}: {dmy} begins with a day and {mdy} with a month, so what others mean cannot "
            f"be told. {what_to_do}"
        )
    if dmy is None and mdy is None:
        raise LogError(
            f"{name}: {' and '.join(unclear)} may begin with the day or with the month, and no "
            f"date of the file tells which. {what_to_do}"
        )
    return "mdy" if dmy is None else "dmy"
