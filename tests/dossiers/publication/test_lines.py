"""Lines of officers and units, counted from rows."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from dossiers.publication.lines import lines_of, parents_of, totals_of
from tests.dossiers.publication.made_lists import (
    BUILDING,
    DAY,
    HOUR,
    JUSTICE,
    KIEN,
    LAND,
    PARENTS,
    SMALL_TOTALS,
    TOWN,
    TUAN,
    large_list,
    small_dossiers,
    small_list,
    small_receptions,
)


def test_every_dossier_counts_once_for_the_whole_and_each_unit() -> None:
    core = small_list().core
    late = {line.unit: line.counts.late for line in core.units}
    assert late == {TOWN: 12, BUILDING: 6, LAND: 5, JUSTICE: 2}  # 2001 counts for two of them
    assert core.whole == next(line.counts for line in core.units if line.unit == TOWN)
    assert (core.whole.done, core.whole.open, core.whole.zero) == (8, 4, 2)
    assert (core.whole.repeated, core.whole.apologised, core.whole.unmatched) == (2, 2, 2)
    assert core.whole.late_receptions == 2


def test_an_officer_is_late_with_what_is_charged_and_no_more() -> None:
    rows = {row.row.officer: row.row for row in small_list().rows.officers}
    assert rows[TUAN].counts.late == 4
    assert rows[TUAN].counts.total == 86
    assert rows[TUAN].days.sums == ((DAY, 21 * HOUR),)
    assert rows[TUAN].days.most == (DAY, 9 * HOUR)
    assert rows[KIEN].days.most == (7 * HOUR, 40 * HOUR)  # 5.7 days, the other one 2.5
    assert "unknown" not in rows
    assert "" not in rows


def test_charges_of_all_units_are_the_lateness_of_all_dossiers() -> None:
    core = small_list().core
    of_units = [line.days.sums for line in core.units if line.parent]
    days = sum((Fraction(b, a) for sums in of_units for a, b in sums), Fraction())
    assert days == sum((Fraction(b, a) for a, b in core.days.sums), Fraction())


def test_a_scope_counts_what_is_charged_within_it() -> None:
    totals = SMALL_TOTALS._replace(whole=82, units={LAND: 82})
    lines = lines_of(small_dossiers(), small_receptions(), totals, PARENTS)
    assert [line.unit for line in lines.units] == [LAND]
    assert (lines.whole.late, lines.whole.late_receptions) == (5, 1)
    assert lines.whole == lines.units[0].counts
    assert {line.unit for line in lines.officers} == {LAND}


def test_a_list_is_counted_again_from_what_it_says() -> None:
    core, rows, _, _ = large_list(300)
    totals = totals_of(core.whole, core.units, (row.row for row in rows.officers))
    again = lines_of(
        (row.row for row in rows.dossiers),
        (row.row for row in rows.receptions),
        totals,
        parents_of(core.units),
    )
    assert (again.whole, again.days, again.units) == (core.whole, core.days, core.units)
    assert Counter(again.officers) == Counter(row.row for row in rows.officers)
