"""Who does what in the simulated city: positions, duties and own addresses."""

from __future__ import annotations

from collections.abc import Iterator

from dossiers.wire.alert_policy import DutyHolder
from sources.simulator.settings import StaffSettings

HEAD, DEPUTY, CLERK, CASE_HANDLER = "Lãnh đạo", "Phó lãnh đạo", "Cán bộ một cửa", "Chuyên viên"
_WITH_DEPUTY = 8  # officers from which on a unit has a deputy head
_MAIL = "minhhoa.example"


def clerks_of(count: int) -> int:
    """How many of a unit's ``count`` officers receive and hand out dossiers."""
    return max(1, count // 5)


def position_of(n: int, count: int) -> str:
    """Of the ``n``-th officer, from 0, of a unit's ``count``."""
    if n == 0:
        return HEAD
    if n <= clerks_of(count):
        return CLERK
    return DEPUTY if n == clerks_of(count) + 1 and count >= _WITH_DEPUTY else CASE_HANDLER


def unit_duties(unit: str, officers: list[str]) -> Iterator[DutyHolder]:
    """Head and deputy among a unit's officers, which are in the order of ``position_of``."""
    yield DutyHolder(unit=unit, duty="head", officer=officers[0])
    for n, officer in enumerate(officers):
        if position_of(n, len(officers)) == DEPUTY:
            yield DutyHolder(unit=unit, duty="deputy", officer=officer)


def city_duty(staff: StaffSettings, city: str, officer: str) -> DutyHolder:
    """Of somebody who is there for the whole city."""
    return DutyHolder(unit=city, duty=staff.duty, officer=officer)


def mailbox(name: str) -> str:
    """The address of a unit or an officer."""
    return f"{name.lower()}@{_MAIL}"
