"""``dunghen late-list``: as of the watermark, with the names of the month's end."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from dossiers.errors import UserError
from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce
from dossiers.wire.reference import Officer, Reference, Unit
from dunghen.late_list import making
from dunghen.late_list.making import make
from tests.dossiers.late_rows import at, fact

OLD = Context(Reference(units=(Unit(id="u1", name="Xã Cũ"),),
                        officers=(Officer(id="a", name="Lê An", unit="u1"),)))  # fmt: skip
NEW = Context(Reference(units=(Unit(id="u1", name="Phường Mới"),)))
FACTS = [fact("10-20 09:00", "received", unit="u1", officer="a", due="10-30 17:00")]


class Store:
    """ClickHouse with one dossier, and with a tally that is older than the watermark."""

    def query(self, text: str, _parameters: dict[str, Any]) -> list[dict[str, Any]]:
        assert "FROM dossiers" in text, "no tally says what time it is"
        return [{"dossier_id": "d", "facts": msgspec.json.encode(FACTS).decode()}]

    def close(self) -> None:
        pass


@pytest.fixture
def watermark(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    now = [at("11-20 12:00")]
    in_force = InForce([(0, OLD), (at("11-01 00:00"), NEW)])
    monkeypatch.setattr(
        making, "read_timeline", lambda *_, **__: SimpleNamespace(id="t", partitions=1)
    )
    monkeypatch.setattr(making, "now_in_force", lambda *_: (NEW.reference, in_force, now[0]))
    monkeypatch.setattr(making, "watermark_of", lambda *_: now[0])
    monkeypatch.setattr(making, "connect", lambda _: Store())
    return now


def body(month: str, scope: str = "") -> dict[str, Any]:
    here: Any = SimpleNamespace(endpoints=lambda: SimpleNamespace(kafka="k"), client={}, kafka=None)
    found: dict[str, Any] = msgspec.json.decode(make(here, lambda _: None, month, scope).body)
    return found


def test_a_list_is_as_of_the_watermark_and_of_a_past_month_as_of_its_end(
    watermark: list[int],
) -> None:
    assert body("2026-11")["as_of"] == watermark[0]
    assert body("2026-10")["as_of"] == at("11-01 00:00")
    watermark[0] = at("10-31 09:00")  # Saturday: nothing was tallied since Friday's closing time
    found = body("2026-10")
    assert (found["as_of"], found["late"]) == (watermark[0], 1)


def test_names_are_those_of_the_months_end(watermark: list[int]) -> None:
    del watermark
    october, november = body("2026-10", "u1"), body("2026-11")
    assert (october["units"][0]["unit_name"], october["reference"]) == ("Xã Cũ", OLD.hash)
    assert (november["units"][0]["unit_name"], november["reference"]) == ("Phường Mới", NEW.hash)


def test_what_cannot_be_listed_is_said(watermark: list[int]) -> None:
    for month, scope, why in (
        ("2026-12", "", "do not reach"), ("2026-13", "", "no month"), ("2026-10", "x", "no unit"),
    ):  # fmt: skip
        with pytest.raises(UserError, match=why):
            body(month, scope)
    watermark[0] = 0
    with pytest.raises(UserError, match="do not reach"):
        body("2026-10")
