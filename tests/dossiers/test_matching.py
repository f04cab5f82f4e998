"""Officers known by name alone are matched within the unit and their time there, never guessed."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from dossiers.calendar import instant
from dossiers.context import Context
from dossiers.reference import Officer, Reference, Unit

CONTEXT = Context(
    Reference(
        units=(
            Unit(id="u1", name="Phường Một"),
            Unit(id="u1a", name="Tổ A", parent="u1"),
            Unit(id="u2", name="Phường Hai"),
        ),
        officers=(
            Officer(id="an", name="Nguyễn Văn An", unit="u1", valid_to="2026-06-30"),
            Officer(id="an", name="Nguyễn Văn An", unit="u2", valid_from="2026-07-01"),
            Officer(id="an-2", name="Nguyễn Văn An", unit="u1", valid_from="2026-10-01"),
            Officer(id="binh-1", name="Trần Thị Bình", unit="u2"),
            Officer(id="binh-2", name="Trần Thị Bình", unit="u2"),
            Officer(id="chi", name="Lê Chi", unit="u1a"),
        ),
    )
)


@pytest.mark.parametrize(
    ("unit", "name", "day", "officer"),
    [
        ("u1", "nguyễn  văn AN", (2026, 6, 30), "an"),
        ("u1", "Nguyễn Văn An", (2026, 7, 1), None),
        ("u2", "Nguyễn Văn An", (2026, 7, 1), "an"),
        ("u1", "Nguyễn Văn An", (2026, 10, 1), "an-2"),
        ("u2", "Trần Thị Bình", (2026, 7, 1), None),
        ("u1", "Lê Chi", (2026, 7, 1), "chi"),
        ("u2", "Lê Chi", (2026, 7, 1), None),
        ("", "Lê Chi", (2026, 7, 1), None),
    ],
    ids=["last day", "gone", "moved on", "a namesake came later", "two have it", "a unit below",
         "another unit", "no unit"],
)  # fmt: skip
def test_a_name_is_matched_or_left(
    unit: str, name: str, day: tuple[int, int, int], officer: str | None
) -> None:
    at = instant(datetime(*day, 9, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")))
    assert CONTEXT.officer_named(unit, name, at) == officer
