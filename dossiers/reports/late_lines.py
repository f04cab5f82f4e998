"""What the month's late list says, line by line; dossiers.reports.late_list makes it."""

from __future__ import annotations

from typing import NamedTuple

import msgspec


class Month(NamedTuple):
    """``name``: YYYY-MM. ``start`` and ``end`` (ms): local midnights, the end outside."""

    name: str
    start: int
    end: int


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """One officer of one unit, or (``officer`` "") one unit. Days are working days, one decimal.

    ``done`` and ``open``: late dossiers charged, finished or not at the end. ``rate``: late of
    total in percent, one decimal. ``ranked``: total reaches the minimum volume. ``step``: the one
    that cost the most. ``apologised``: None until somebody says so.
    """

    unit: str
    officer: str
    total: int
    late: int
    done: int
    open: int
    rate: float
    days_most: float
    days_mean: float
    ranked: bool
    step: str
    apologised: bool | None = None
    note: str = ""


class LateDossier(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the annex; times in ms, ``finished_at`` None while it is open. ``officer``: who
    is charged the most, "" for an inbox."""

    dossier: str
    procedure: str
    unit: str
    officer: str
    received_at: int
    due_at: int
    finished_at: int | None
    days_late: float
    step: str
    rewritten: bool


class LateList(msgspec.Struct, frozen=True, kw_only=True):
    """All that the list says. ``as_of`` (ms): the month's end, or the data's now if it is not over.
    ``reference``, ``calendars``, ``method``: what it was judged by. ``unmatched``: late dossiers
    with a charge to nobody known."""

    month: str
    scope: str
    timezone: str
    as_of: int
    reference: str
    calendars: tuple[str, ...]
    method: str
    minimum_volume: int
    total: int
    late: int
    unmatched: int
    officers: tuple[Holder, ...]
    units: tuple[Holder, ...]
    dossiers: tuple[LateDossier, ...]
