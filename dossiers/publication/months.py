"""Figures over several months' lists: a dossier that stands in more than one counts once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from dossiers.wire.late_lists import DossierLine, ListCore


class SeveralMonths(NamedTuple):
    """``months``: in order. ``late``: dossiers in at least one of the lists; ``repeated``: of
    these, those in more than one; ``done``: finished by the last list that has them, ``open``: not.
    ``rows``: of each dossier that of its last list, by unit, then id."""

    months: tuple[str, ...]
    late: int
    repeated: int
    done: int
    open: int
    rows: tuple[DossierLine, ...]


def several_months(
    lists: Iterable[tuple[ListCore, Iterable[DossierLine]]],
) -> SeveralMonths:
    """``lists``: one a month, each core with its rows of dossiers. A dossier that was excluded from
    a list is in the others all the same: each review is about its own month."""
    newest: dict[str, DossierLine] = {}
    times: dict[str, int] = {}
    months: list[str] = []
    for core, rows in sorted(lists, key=lambda each: each[0].month):
        months.append(core.month)
        for row in rows:
            newest[row.dossier] = row
            times[row.dossier] = times.get(row.dossier, 0) + 1
    done = sum(row.finished_at is not None for row in newest.values())
    return SeveralMonths(
        months=tuple(months),
        late=len(newest),
        repeated=sum(count > 1 for count in times.values()),
        done=done,
        open=len(newest) - done,
        rows=tuple(sorted(newest.values(), key=lambda row: (row.unit, row.dossier))),
    )
