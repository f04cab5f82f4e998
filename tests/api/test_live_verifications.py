"""The live view keeps the last recounts of the log."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from api.live.verifications import MOST_NIGHTS
from api.live.view import LiveView
from dossiers.wire.keys import verification_key
from dossiers.wire.topics import VERIFICATIONS
from dossiers.wire.verifications import Occasion, Verification
from tests.api.city import TIMELINE

FIRST = date(2026, 10, 20)


def record(night: str, at: int, occasion: Occasion = "night") -> tuple[str, bytes, bytes]:
    found = Verification(timeline=TIMELINE, night=night, occasion=occasion, at=at, outcome="equal")
    return VERIFICATIONS, verification_key(night, occasion), msgspec.json.encode(found)


def test_the_newest_of_the_last_nights_are_kept() -> None:
    view = LiveView(TIMELINE, 1)
    nights = [(FIRST + timedelta(days=day)).isoformat() for day in range(MOST_NIGHTS + 2)]
    view.apply([record(night, at) for at, night in enumerate(nights)])
    view.apply([record(nights[-1], 99, "hand"), record(nights[-2], 50)])
    found = [(each.night, each.at, each.occasion) for each in view.verifications.newest_first()]
    assert found[0] == (nights[-1], 99, "hand")
    assert {night for night, _, _ in found} == set(nights[2:])
    assert (nights[-2], 50, "night") in found
    assert view.verifications.last is not None
    assert view.verifications.last.at == 99


def test_what_is_no_record_of_its_key_is_skipped_and_counted() -> None:
    view = LiveView(TIMELINE, 1)
    topic, _, value = record("2026-11-30", 1)
    view.apply([(topic, b"other", value), (topic, verification_key("a", "hand"), b"{}")])
    assert view.verifications.last is None
    assert view.refused == 2
