"""Officers known by name alone are matched within the unit and their time there, never guessed."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.reference import matching
from dossiers.reference.context import Context
from dossiers.text.identity import folded, identity
from dossiers.time.day_table import instant
from dossiers.wire.reference import Officer, Reference, Step, Unit

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


@given(
    text=st.text(max_size=40) | st.text("İßŉﬁữ\u0323\u0302\u1100\u1161\u11a8 \u00a0", max_size=40)
)
def test_no_name_is_so_much_shorter_when_folded_that_it_is_passed_over(text: str) -> None:
    name = identity(text)
    assert len(" ".join(name.split())) <= 3 * len(folded(name))


def test_what_is_far_longer_than_any_name_is_not_folded(monkeypatch: pytest.MonkeyPatch) -> None:
    at = instant(datetime(2026, 9, 21, tzinfo=UTC))
    steps = matching.StepNames([Step(id="s1", name="Kiểm tra", hours=1)])
    seen: list[str] = []
    assert CONTEXT.unit_named("u1") == "u1"  # makes the directory, with names as they are folded

    def noted(text: str) -> str:
        seen.append(text)
        return ""

    monkeypatch.setattr(matching, "folded", noted)
    long = "Nguyễn " * 140
    assert CONTEXT.officer_named("u1", long, at) is None
    assert CONTEXT.unit_named(long) == long
    assert steps.id_of(long) == long
    assert seen == []
