"""A log's times as its mapping lets them be read: forms, missing values, dates that are none."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache

from dossiers.text.identity import identity
from dossiers.time.day_table import instant
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
    # What raises is not remembered, so no long text is.
    return lru_cache(maxsize=65_536)(_Moments(mapping, order).read)


class _Moments:
    """Reads times as one mapping has them."""

    def __init__(self, mapping: Mapping, order: Order | None) -> None:
        form = mapping.time_form
        self._zone = mapping.zone
        self._missing = mapping.missing_values
        self._pattern = form.pattern if form is not None else ""
        self._order = form.order or order if form is not None else order

    def read(self, text: str) -> int | None:
        """UTC ms, or None for no time; raises as ``moments`` says."""
        # Nearly all begin with a year: nothing else can be meant.
        if not self._pattern and "2000" <= text[:4] <= "2068":
            try:
                at = parse_time(text, self._zone)
            except (ValueError, OverflowError):
                at = -1
            if at >= 0:
                return None if at in NO_INSTANTS or text in self._missing else at
        if len(text) > MAX_TIME:
            raise ValueError(f"a text of {len(text):,} characters is no time")
        text = identity(text)
        if text in self._missing or is_no_day(text):
            return None
        at = self._instant_of(text)
        return None if at in NO_INSTANTS else at

    def _instant_of(self, text: str) -> int:
        if self._pattern:
            try:
                return self._local(by_pattern(text, self._pattern))
            except ValueError:
                if self._pattern.startswith("%Y-%d"):  # not what ISO 8601 would make of it
                    raise
        try:
            return parse_time(text, self._zone)
        except ValueError:
            return self._in_digits(text)

    def _in_digits(self, text: str) -> int:
        """A time that is not ISO 8601: at midnight, or day, month and year in digits."""
        later = with_midnight(text)
        if later is not None:
            return parse_time(later, self._zone)
        digits, order = digits_of(text), self._order
        if digits is None or order == "iso" or self._pattern:
            raise ValueError(f"{text[:40]!r} is no time")
        if digits.year_last and order is None:
            if digits.either_way:
                raise OrderNeeded
            return self._local(moment_of(digits, "mdy" if digits.second > 12 else "dmy"))
        if digits.year_last and order == "ymd":
            raise ValueError(f"{text[:40]!r} is no time")
        return self._local(moment_of(digits, order or "ymd"))

    def _local(self, moment: datetime) -> int:
        return instant(moment if moment.tzinfo is not None else moment.replace(tzinfo=self._zone))


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
