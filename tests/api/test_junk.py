"""No record of any topic stops the live view: what none of ours wrote is skipped."""

from __future__ import annotations

import msgspec
import pytest

from api.live.view import LiveView
from dossiers.tallies.vector import WIDTH
from dossiers.wire.alerts import Alert
from dossiers.wire.dead_letters import DeadLetter
from dossiers.wire.keys import CLOCK_SCOPE, SEPARATOR, TIMELINE_KEY
from dossiers.wire.reference import Reference, content_hash, encode_reference
from dossiers.wire.tallies import Tally
from dossiers.wire.timeline import Activated, Timeline
from dossiers.wire.topics import ALERTS, DEAD_LETTERS, REFERENCE, TALLIES
from tests.support import junk

KNOWN = Reference(timezone="UTC")
HASH = content_hash(KNOWN)
CLOCK = f"{CLOCK_SCOPE}{SEPARATOR}0".encode()
ALL = [
    *((TALLIES, key, v) for v in [*junk.ANYWHERE, *junk.TALLIES] for key in (b"all", b"junk\x1f0")),
    *((ALERTS, b"d", v) for v in [*junk.ANYWHERE, *junk.ALERTS]),
    *((DEAD_LETTERS, b"d", v) for v in [*junk.ANYWHERE, *junk.LETTERS]),
    *(
        (REFERENCE, key, v)
        for v in [*junk.ANYWHERE, *junk.REFERENCES, *junk.TIMELINES]
        for key in (b"junk", b"\xff", TIMELINE_KEY, HASH.encode())
    ),
]  # fmt: skip


def good(view: LiveView, now: int) -> None:
    timeline = Timeline(
        id=junk.TIMELINE, kind="live", partitions=1, created_at=1,
        activations=(Activated(0, HASH),),
    )  # fmt: skip
    tally = Tally(
        timeline=junk.TIMELINE, scope="all", now=now, vector=(5,) * WIDTH, versions={"0": (1, now)}
    )
    clock = Tally(timeline=junk.TIMELINE, scope=CLOCK_SCOPE, now=now)
    alert = msgspec.convert({**junk.ALERT, "alert_id": "good"}, Alert)
    letter = msgspec.convert({**junk.LETTER, "offset": 2**62}, DeadLetter)
    view.apply(
        [
            (REFERENCE, HASH.encode(), encode_reference(KNOWN)),
            (REFERENCE, TIMELINE_KEY, msgspec.json.encode(timeline)),
            (TALLIES, b"all", msgspec.json.encode(tally)),
            (TALLIES, CLOCK, msgspec.json.encode(clock)),
            (ALERTS, b"d", msgspec.json.encode(alert)),
            (DEAD_LETTERS, b"d", msgspec.json.encode(letter)),
        ]
    )


@pytest.mark.parametrize("before", [True, False], ids=["before it began", "while it runs"])
def test_walls_go_on(before: bool) -> None:
    view = LiveView(junk.TIMELINE, 1)
    if not before:
        good(view, 1_000)
    for record in ALL:
        view.apply([record])
        assert view.context is not None
        view.newest_breaches(5)
    assert view.refused > 50
    good(view, 2_000)
    assert view.watermark == 2_000
    assert view.value("all", "total") == 5
    assert "good" in view.breaches
    assert view.reference == KNOWN
    assert view.letters.open > 0
