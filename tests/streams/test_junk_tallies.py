"""No record of the tallies' topics stops a merger: what nobody of ours wrote is skipped."""

from __future__ import annotations

import msgspec
import pytest

from dossiers.tallies.vector import WIDTH
from dossiers.wire.calendar_spec import CalendarSpec
from dossiers.wire.keys import partial_key
from dossiers.wire.reference import Reference
from dossiers.wire.tallies import PartialTally, Tally
from streams.tallies.merger import Merger
from tests.support import junk

NOW = 1_790_000_000_000
LIMIT = 8 * 1024 * 1024
KNOWN = Reference(calendar=CalendarSpec(kind="24x7"))


def vector(value: int) -> tuple[int, ...]:
    return (value,) * WIDTH


@pytest.mark.parametrize("value", [*junk.ANYWHERE, *junk.PARTIALS], ids=lambda v: repr(v)[:60])
@pytest.mark.parametrize("key", [b"all\x1f0", b"\xff", None])
def test_a_partial_tally_of_nobody(key: bytes | None, value: bytes | None) -> None:
    merger = Merger(junk.TIMELINE, 0, 1)
    merger.absorb([(key, value)])
    merger.emit(KNOWN)
    good = PartialTally(
        timeline=junk.TIMELINE, scope="unit:u", partition=0, epoch=2, offset=3, now=NOW,
        vector=vector(4),
    )  # fmt: skip
    merger.absorb([(partial_key("unit:u", 0), msgspec.json.encode(good))])
    emitted = dict(merger.emit(KNOWN))
    assert msgspec.json.decode(emitted[b"unit:u"], type=Tally).vector == vector(4)
    assert sum(map(len, emitted.values())) < LIMIT


@pytest.mark.parametrize("value", [*junk.ANYWHERE, *junk.TALLIES], ids=lambda v: repr(v)[:60])
def test_a_tally_of_nobody(value: bytes | None) -> None:
    merger = Merger(junk.TIMELINE, 0, 1)
    clock = PartialTally(
        timeline=junk.TIMELINE, scope="\x00clock", partition=0, epoch=1, offset=0, now=NOW
    )
    partials = {b"\x00clock\x1f0": msgspec.json.encode(clock)}
    lacking = dict(merger.rebuild(partials, {b"unit:zzz": value}))
    assert lacking, "the clock is sent again"
    merger.absorb(
        [(b"\x00clock\x1f0", msgspec.json.encode(msgspec.structs.replace(clock, offset=1)))]
    )
    merger.emit(msgspec.structs.replace(KNOWN))
