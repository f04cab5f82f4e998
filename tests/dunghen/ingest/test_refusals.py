"""What the entrances refused in the last day."""

from __future__ import annotations

from api.ports import RefusedLately
from dunghen.ingest.refusals import HOUR, MOST, LastRefusals


class Clock:
    now = 1_000 * HOUR

    def __call__(self) -> int:
        return self.now


def test_a_day_is_remembered_by_source_and_reason() -> None:
    clock = Clock()
    refusals = LastRefusals(clock)
    refusals.note("portal:a", ["NgayTiepNhan is no date; write yyyyMMddHHmmss"] * 2)
    refusals.note("portal:b", ["MaHoSo is missing"])
    clock.now += 23 * HOUR
    refusals.note("portal:a", ["NgayTiepNhan is no date; write 2026"])
    found = refusals.last_day()
    assert found.since == 1_000 * HOUR
    assert found.rows == [
        RefusedLately("portal:a", "NgayTiepNhan is no date", 3),
        RefusedLately("portal:b", "MaHoSo is missing", 1),
    ]
    clock.now += 2 * HOUR
    found = refusals.last_day()
    assert found.since == (1_000 + 2) * HOUR
    assert [row.records for row in found.rows] == [1]


def test_who_invents_reasons_fills_no_memory() -> None:
    refusals = LastRefusals(Clock())
    refusals.note("portal:a", (f"field {number}" for number in range(3 * MOST)))
    rows = refusals.last_day().rows
    assert len(rows) == MOST + 1
    assert rows[0] == RefusedLately("", "", 2 * MOST)
