"""The month's list against the oracle's, which shares neither fold, holdings nor attribution."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.reference.context import Context
from dossiers.reports.late_list import month_of
from dossiers.wire.events import AnyDossierEvent, Progressed, Received
from oracle.late_list import listing
from tests.dossiers.listed import late_list
from tests.dossiers.snapshot_stories import lives
from tests.dossiers.stories import DAY, OFFICE, RESTART, START, VERSIONS, events
from tests.dossiers.test_late_list_live import kept


@st.composite
def with_progress(draw: st.DrawFn) -> list[AnyDossierEvent]:
    """Histories in which records of progress say who did what, from when, and by when."""
    found: list[AnyDossierEvent] = []
    for event in draw(events(dossiers=3)):
        near = st.none() | st.integers(-40, 40).map(lambda n: n * DAY // 48 + START + 4 * DAY)
        if isinstance(event, Received):
            event = msgspec.structs.replace(event, procedure=draw(st.sampled_from("qqp")))  # noqa: PLW2901
        if isinstance(event, Progressed):
            event = msgspec.structs.replace(  # noqa: PLW2901
                event, until=draw(st.booleans()), began_at=draw(near), step_due_at=draw(near),
                carried=draw(st.none() | st.integers(0, DAY // 6)),
            )  # fmt: skip
        found.append(event)
        if draw(st.booleans()):
            found.append(_record(draw, event, len(found)))
    return found


def _record(draw: st.DrawFn, event: AnyDossierEvent, number: int) -> Progressed:
    at = event.occurred_at + draw(st.integers(0, 96)) * DAY // 96
    around = st.none() | st.integers(-96, 96).map(lambda n: at + n * DAY // 96)
    return Progressed(
        event_id=f"more-{number}", dossier_id=event.dossier_id, occurred_at=at, received_at=at,
        source="a", officer=draw(st.sampled_from(["", "o1", "o2", "o3"])),
        step=draw(st.sampled_from(["", "s1", "s2", "?"])), until=True,
        began_at=draw(around), step_due_at=draw(around),
    )  # fmt: skip


SHOWN = lives().map(lambda life: list[AnyDossierEvent](life.snapshots))
HISTORIES = events(dossiers=4) | with_progress() | SHOWN


@pytest.mark.parametrize("context", [OFFICE, RESTART, VERSIONS], ids=["office", "restart", "rules"])
@settings(deadline=None, max_examples=60)
@given(found=HISTORIES, hour=st.integers(0, 20 * 24))
def test_the_list_is_the_one_that_the_oracle_makes(
    context: Context, found: list[AnyDossierEvent], hour: int
) -> None:
    month, now = month_of("2026-09", context), START + hour * DAY // 24
    product = late_list(kept(found), month, now, context)
    by_dossier: dict[str, list[AnyDossierEvent]] = defaultdict(list)
    for event in found:
        by_dossier[event.dossier_id].append(event)
    mine = listing(by_dossier, (month.start, month.end), now, context)
    assert {line.dossier for line in product.dossiers} == mine.late.keys()
    assert product.total == mine.held
    for line in product.dossiers:
        entry = mine.late[line.dossier]
        assert entry.ended == (line.finished_at is not None)
        assert near(line.days_late, entry.days)
        assert line.officer in {officer for _, officer in entry.charges}
    charged: dict[tuple[str, str], list[Fraction]] = defaultdict(list)
    for entry in mine.late.values():
        for who, days in entry.charges.items():
            charged[who].append(days)
    both = {(h.unit, h.officer): h for h in (*product.officers, *product.units)}
    assert both.keys() == charged.keys()
    for who, holder in both.items():
        assert (holder.late, holder.total) == (len(charged[who]), mine.totals[who])
        assert near(holder.days_most, max(charged[who]))
        assert near(holder.days_mean, sum(charged[who], Fraction()) / len(charged[who]))


def near(shown: float, exact: Fraction) -> bool:
    """As it is shown, to one decimal; rounding to milliseconds before may have moved a half."""
    return abs(Fraction(shown) - exact) <= Fraction(1, 20) + Fraction(1, 10**6)
