"""What a frozen month counts, against the oracle, which shares neither fold nor attribution."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.publication.counting import NOTHING_SAID, CountedMonth, counted_month
from dossiers.publication.lines import lines_of
from dossiers.reference.context import Context
from dossiers.reports.late_list import month_of
from dossiers.wire.events import AnyDossierEvent
from oracle.late_list import listing
from tests.dossiers.stories import DAY, OFFICE, RESTART, START, VERSIONS
from tests.dossiers.test_late_list_live import kept
from tests.oracle.test_late_list import HISTORIES


def counted(
    found: list[AnyDossierEvent], now: int, context: Context, scope: str = ""
) -> CountedMonth:
    lives = [(dossier, facts, NOTHING_SAID) for dossier, facts in kept(found)]
    return counted_month(lives, month_of("2026-09", context), now, context, scope)


@pytest.mark.parametrize("context", [OFFICE, RESTART, VERSIONS], ids=["office", "restart", "rules"])
@settings(deadline=None, max_examples=30)
@given(found=HISTORIES, hour=st.integers(0, 20 * 24))
def test_rows_and_totals_are_those_of_the_oracle(
    context: Context, found: list[AnyDossierEvent], hour: int
) -> None:
    now = START + hour * DAY // 24
    month = month_of("2026-09", context)
    by_dossier: dict[str, list[AnyDossierEvent]] = defaultdict(list)
    for event in found:
        by_dossier[event.dossier_id].append(event)
    oracle = listing(by_dossier, (month.start, month.end), now, context)
    mine = counted(found, now, context)
    assert mine.totals.whole == oracle.held
    assert {row.dossier for row in mine.dossiers} == oracle.late.keys()
    known = {who: n for who, n in oracle.totals.items() if who[1] not in ("", "unknown")}
    assert mine.totals.officers == {(u or "unknown", o): n for (u, o), n in known.items()}
    for row in mine.dossiers:
        entry = oracle.late[row.dossier]
        assert sum(c.amount for c in row.charges) + row.unassigned == row.late
        assert (row.finished_at is not None) == entry.ended
        assert abs(Fraction(row.late, row.day) - entry.days) < Fraction(1, 10**6)
        charges: dict[str, Fraction] = defaultdict(Fraction)
        for charge in row.charges:
            charges[charge.unit] += Fraction(charge.amount, row.day)
        expected = {u or "unknown": d for (u, o), d in entry.charges.items() if not o}
        assert charges.keys() == expected.keys()
        assert all(abs(charges[u] - d) < Fraction(1, 10**6) for u, d in expected.items())


@settings(deadline=None, max_examples=30)
@given(found=HISTORIES, hour=st.integers(0, 20 * 24))
def test_the_list_of_a_unit_is_a_part_of_the_whole(found: list[AnyDossierEvent], hour: int) -> None:
    now = START + hour * DAY // 24
    whole = counted(found, now, OFFICE)
    lines = lines_of(whole.dossiers, whole.receptions, whole.totals, whole.parents)
    for scope in ("u1", "u2"):
        part = counted(found, now, OFFICE, scope)
        own = lines_of(part.dossiers, part.receptions, part.totals, part.parents)
        assert {*part.dossiers} <= {*whole.dossiers}
        assert [line.counts for line in lines.units if line.unit == scope] == [
            line.counts for line in own.units if line.unit == scope
        ]
        assert own.officers == tuple(o for o in lines.officers if o.unit in part.totals.units)
        assert own.whole.late == len(part.dossiers) <= own.whole.total
