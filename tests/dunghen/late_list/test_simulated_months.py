"""Three months of the simulated city: each is frozen as it stood at its end, long afterwards.

The frozen list, the counters of that instant, a recount of the raw log and what the log alone gives
say the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import NamedTuple

import pytest

from broker.reading import read_all
from dossiers.publication.freezing import FrozenList
from dossiers.reference.context import Context
from dossiers.reports.late_lines import Month
from dossiers.reports.late_list import month_of
from dossiers.tallies.vector import FIELDS
from dunghen.late_list.cut import KnownLog
from oracle.checks.frozen_lists import compare_month
from oracle.checks.report import Check
from oracle.frozen_lists import FrozenMonth, known_log, recount
from sinks.migrate import migrate
from sinks.store import Store
from sources.simulator.city import City
from sources.simulator.settings import load_settings
from sources.simulator.stream import events
from tests.dunghen.late_list.line import Line, files
from tests.oracle.test_published_lists import plain

MONTHS = ("2026-08", "2026-09", "2026-10")
HOUR = 3_600_000


class MonthEnd(NamedTuple):
    """``cut``: of the log at the month's end; ``late``, ``overdue``: of the counters then."""

    month: Month
    cut: KnownLog
    late: int
    overdue: int


class Simulated(NamedTuple):
    line: Line
    store: Store
    ends: dict[str, MonthEnd]


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulated]:
    city = City(1, load_settings(dossiers_per_day=4))
    context = Context(city.reference())
    line = Line([(0, context)])
    months = [month_of(name, context) for name in MONTHS]
    ends: dict[str, MonthEnd] = {}
    until = months[-1].end + 20 * 24 * HOUR
    for at, event in events(city, date(2026, 7, 30) - timedelta(days=1), 0, until):
        while len(ends) < len(months) and at >= months[len(ends)].end:
            month = months[len(ends)]
            line.tick(month.end - 1)
            figures = [dict(zip(FIELDS, v, strict=True)) for v in line.vectors("all")]
            late, overdue = (sum(f[name] for f in figures) for name in ("late_month", "overdue"))
            ends[month.name] = MonthEnd(month, line.cut(), late, overdue)
        if at - line.now > 12 * HOUR:
            line.tick(at)
        line.send([event])
    line.tick(until)
    with Store.embedded(str(tmp_path_factory.mktemp("clickhouse"))) as store:
        store.ensure_database()
        migrate(store)
        line.fill(store)
        yield Simulated(line, store, ends)


Before = dict[str, tuple[str, ...]]


@pytest.fixture(scope="module")
def frozen(simulated: Simulated) -> dict[str, tuple[FrozenList, Before]]:
    """Each month with the dossiers of the lists before it."""
    line, store, ends = simulated
    before: Before = {}
    found: dict[str, tuple[FrozenList, Before]] = {}
    for name in MONTHS:
        known = dict(before)
        made = line.frozen(store, ends[name].cut, name, before=known)
        found[name] = made, known
        for each in made.rows.dossiers:
            before[each.row.dossier] = (*before.get(each.row.dossier, ()), name)
    return found


@pytest.mark.parametrize("name", MONTHS)
def test_a_frozen_month_is_what_the_counters_and_a_recount_say(
    simulated: Simulated, frozen: dict[str, tuple[FrozenList, Before]], name: str
) -> None:
    line, _, ends = simulated
    month, cut, late, overdue = ends[name]
    found, before = frozen[name]
    whole = found.core.whole
    assert (whole.done, whole.open) == (late, overdue)
    assert whole.late == len(found.rows.dossiers) > 3
    assert whole.repeated == sum(row.row.dossier in before for row in found.rows.dossiers)
    assert whole.late_receptions == len(found.rows.receptions)
    known = known_log(partial(read_all, line.kafka), line.id, cut.cut)
    span = FrozenMonth(month.start, month.end, found.core.as_of, cut.watermark, "")
    check = Check(name)
    recounted = recount(known, span, line.in_force)
    compare_month(check, name, plain(found.core), plain(found.rows), recounted)
    assert check.examples == []


def test_the_log_alone_gives_the_same_month(
    simulated: Simulated, frozen: dict[str, tuple[FrozenList, Before]]
) -> None:
    found, before = frozen[MONTHS[1]]
    assert found.core.whole.repeated > 0
    assert files(simulated.line.remade(found, before)) == files(found)
