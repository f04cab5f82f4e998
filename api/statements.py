"""Pieces of SQL statements: conditions with the values they bind, and times."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from api.months import EVER

_BOUND = re.compile(r"\{(\w+):")


def ms(column: str) -> str:
    """A time column, as ``table.name``, in epoch milliseconds under its own name."""
    return f"toUnixTimestamp64Milli({column}) AS {column.rpartition('.')[2]}"


def moment(at: int) -> datetime:
    """An instant (ms) as ClickHouse's DateTime64 takes it."""
    return datetime.fromtimestamp(at // 1000, UTC).replace(microsecond=at % 1000 * 1000)


class Where:
    """The conditions of a statement, all of which must hold. ``parameters``: what they bind, and
    what else the statement does. Values never stand in the text. ``few``: whether few rows of many
    are asked for. ``months``: where all of them are that the conditions are true of."""

    def __init__(self, *conditions: str, **parameters: Any) -> None:
        self.parameters = parameters
        self.few = False
        self.months = EVER
        self._conditions = list(conditions)
        self._dear: set[str] = set()

    def add(self, condition: str, **parameters: Any) -> None:
        """One more condition, and what it binds."""
        self._conditions.append(condition)
        self.parameters.update(parameters)

    def add_dear(self, condition: str, **parameters: Any) -> None:
        """As ``add``, one that costs much to ask."""
        self.add(condition, **parameters)
        self._dear.add(condition)

    @property
    def cheap(self) -> str:
        """All but what costs much to ask: true of whatever all conditions are true of."""
        return " AND ".join(each for each in self._conditions if each not in self._dear)

    def equal(self, column: str, name: str, value: str | None) -> None:
        """``column`` is ``value``, bound as ``name``; nothing is asked if that is None."""
        if value is not None:
            self.add(f"{column} = {{{name}:String}}", **{name: value})

    def beyond(self, other: Where) -> Where:
        """What is asked here and not by ``other`` already; "1" if that is nothing."""
        rest = [each for each in self._conditions if not self._in_both(each, other)]
        names = {name for each in rest for name in _BOUND.findall(each)}
        return Where(*(rest or ["1"]), **{name: self.parameters[name] for name in names})

    def _in_both(self, condition: str, other: Where) -> bool:
        mine, theirs = self.parameters, other.parameters
        return condition in other._conditions and all(
            mine[name] == theirs[name] for name in _BOUND.findall(condition)
        )

    def renamed(self, prefix: str) -> Where:
        """The same with ``prefix`` before the names of all that is bound: so that a statement can
        hold it beside others."""
        conditions = [_BOUND.sub(rf"{{{prefix}\1:", each) for each in self._conditions]
        bound = {prefix + name: value for name, value in self.parameters.items()}
        return Where(*conditions, **bound)

    def __str__(self) -> str:
        return " AND ".join(self._conditions)
