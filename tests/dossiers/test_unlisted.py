"""Names that came as a hash, before and after the reference data knows them."""

from __future__ import annotations

import uuid
from operator import attrgetter
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from dossiers.reference.context import Context
from dossiers.reference.known_names import NameKind, known_names, with_hashes
from dossiers.reference.unlisted import in_english, number_of, shown_name
from dossiers.text.identity import folded
from dossiers.text.keyed import Keyed, looks_hashed
from dossiers.wire.events import (
    Activate,
    AnyDossierEvent,
    AnyEvent,
    Finished,
    Progressed,
    Received,
    Snapshot,
    Tick,
)
from dossiers.wire.facts import Content
from dossiers.wire.records import DossierRecord
from dossiers.wire.reference import Officer, Procedure, Reference, Step, Unit
from oracle.figures import recount_log
from oracle.late_list import listing
from streams.partition.engine import PartitionEngine
from tests.dossiers.snapshot_stories import any_snapshots
from tests.dossiers.stories import DAY, OFFICE, START, events
from tests.dossiers.test_fold import feed, figures, ticked, ticks

KEYED = Keyed(bytes(range(32)))
KINDS: dict[str, NameKind] = {
    "unit": "unit", "officer": "officer", "responsible": "officer", "step": "step",
    "procedure": "procedure", "officer_name": "officer",
}  # fmt: skip
FULL = Reference(
    units=(
        Unit(id="u1", name="Phòng Một", short="P. Một", madonvi="H29.1"),
        Unit(id="u2", name="Phòng Hai"),
    ),
    officers=(Officer(id="cb-1", name="Lê Văn An", unit="u1"),),
    procedures=(
        Procedure(id="TT 01", name="Cấp phép", steps=(
            Step(id="s1", name="Thẩm định", hours=8, aliases=("Thẩm tra",)),
        )),
    ),
)  # fmt: skip


def hash_of(kind: NameKind, text: str) -> str:
    return KEYED.hashed(kind, folded(text))


def hashed_event(event: AnyDossierEvent, names: dict[str, str]) -> AnyDossierEvent:
    """As a door sends it that knows no name; ``names``: what each hash stands for is added."""
    found: dict[str, Any] = {}

    def sent(kind: NameKind, text: str) -> str:
        names[hash_of(kind, text)] = text
        return hash_of(kind, text)

    for field, kind in KINDS.items():
        if text := getattr(event, field, ""):
            found[field] = sent(kind, text)
    if isinstance(event, Snapshot) and event.content.procedure:
        procedure = sent("procedure", event.content.procedure)
        found["content"] = msgspec.structs.replace(event.content, procedure=procedure)
    return msgspec.structs.replace(event, **found)


def engine(*contexts: Context) -> PartitionEngine:
    known = {context.hash: context.reference for context in contexts}
    made = PartitionEngine(str(uuid.UUID(int=7)), 0, known.__getitem__, lambda _: 0, 1)
    made.restore([])
    return made


def courses(found: PartitionEngine) -> dict[str, tuple[object, ...]]:
    names = (
        "unit", "course.officer", "course.step", "course.procedure", "standing.verdict",
        "course.due_at", "flags", "course.calendar",
    )  # fmt: skip
    decoded = {
        k: msgspec.json.decode(v, type=DossierRecord) for k, v in found.state.dossiers.items()
    }
    return {k: attrgetter(*names)(r) for k, r in decoded.items()}


@settings(deadline=None, max_examples=60)
@given(found=events() | any_snapshots(), steps=ticks)
def test_a_hash_that_the_reference_data_has_is_that_name(
    found: list[AnyDossierEvent], steps: list[int]
) -> None:
    names: dict[str, str] = {}
    hashed = [hashed_event(event, names) for event in found]
    knowing = Context(msgspec.structs.replace(OFFICE.reference, hashed=names))
    clear, unclear = engine(OFFICE), engine(knowing)
    feed(clear, [Activate(hash=OFFICE.hash, since=0), *ticked(found, steps)[1:]])
    stream = [Activate(hash=knowing.hash, since=0), *ticked(hashed, steps)[1:]]
    feed(unclear, stream)
    assert courses(unclear) == courses(clear)
    assert figures(unclear) == figures(clear)
    now = START + 30 * DAY
    counts = [
        recount_log([(event, now) for event in sent], now, context)
        for sent, context in ((found, OFFICE), (hashed, knowing))
    ]
    assert counts[0].figures == counts[1].figures
    month = (START, now)
    lists = [
        listing({"d": [e for e in sent if e.dossier_id == "d0"]}, month, now, context)
        for sent, context in ((found, OFFICE), (hashed, knowing))
    ]
    assert lists[0] == lists[1]


def progressed(number: int, **more: Any) -> Progressed:
    at = START + number * DAY
    return Progressed(
        event_id=f"p{number}", dossier_id="d0", occurred_at=at, received_at=at,
        source="portal:H29", **more,
    )  # fmt: skip


def received(**more: Any) -> Received:
    return Received(
        event_id="r", dossier_id="d0", occurred_at=START, received_at=START, source="s", **more
    )


def story(*found: AnyDossierEvent) -> list[AnyEvent]:
    return [*found, Tick(START + 3 * DAY)]


def test_new_reference_data_resolve_what_came_before() -> None:
    before = Context(Reference(units=FULL.units[1:]))
    after = Context(with_hashes(FULL, hash_of))
    made = engine(before, after)
    unit, officer = hash_of("unit", "Phòng  MỘT"), hash_of("officer", "LÊ VĂN AN")
    at = START + 1
    shown = Snapshot(
        event_id="x", dossier_id="d0", occurred_at=at, received_at=at, source="portal:H29",
        unit=unit, content=Content(status=4, accepted_at=START, due_at=START + DAY),
    )  # fmt: skip
    feed(made, [Activate(before.hash, 0), *story(shown, progressed(1, officer_name=officer))])
    (unknown,) = courses(made).values()
    assert unknown[:2] == (unit, "unknown")
    assert "officer_unmatched" in unknown[6]  # type: ignore[operator]
    now = START + 4 * DAY
    feed(made, [Activate(after.hash, now), Tick(now), Tick(now + 1)], first=10)
    (known,) = courses(made).values()
    assert known[:2] == ("u1", "cb-1")
    assert "officer_unmatched" not in known[6]  # type: ignore[operator]


def test_what_has_ended_stays_with_the_reference_data_of_its_end() -> None:
    before, after = Context(Reference()), Context(with_hashes(FULL, hash_of))
    made = engine(before, after)
    unit = hash_of("unit", "Phòng Một")
    end = Finished(
        event_id="f", dossier_id="d0", occurred_at=START + 2, received_at=START + 2, source="s"
    )
    feed(made, [Activate(before.hash, 0), *story(received(unit=unit), end)])
    now = START + 4 * DAY
    feed(made, [Activate(after.hash, now), Tick(now), Tick(now + 1)], first=10)
    (closed,) = courses(made).values()
    assert closed[0] == unit


def test_the_hashes_of_reference_data_are_those_of_all_names_by_their_kind() -> None:
    found = with_hashes(FULL, hash_of)
    assert found.hashed[hash_of("unit", "phòng hai")] == "Phòng Hai"
    assert found.hashed[hash_of("step", "THẨM TRA")] == "Thẩm tra"
    assert hash_of("unit", "Lê Văn An") not in found.hashed  # an officer's name names no unit
    assert set(found.hashed.values()) == {
        text for known in known_names(FULL).values() for text in known.names.values()
    }
    assert with_hashes(Reference(), hash_of) == Reference()


def test_the_codes_of_ownership_know_hashes_too() -> None:
    codes = Context(with_hashes(FULL, hash_of)).codes
    assert codes.madonvi(hash_of("unit", "phòng một")) == "H29.1"
    assert codes.madonvi(hash_of("unit", "phòng ba")) == ""


@pytest.mark.parametrize("text", ["H29.168", "Sở Xây dựng", "kh-", "", "unknown"])
def test_only_hashes_are_shown_as_missing(text: str) -> None:
    assert shown_name(text) == text


def test_a_hash_is_shown_with_a_number_in_both_languages() -> None:
    text = hash_of("unit", "Phòng Ba")
    assert looks_hashed(text)
    number = number_of(text)
    assert shown_name(text) == f"chưa có trong danh mục ({number})"
    assert shown_name(text, "en") == f"not in the reference data ({number})"
    assert in_english(f"- {shown_name(text)} 2 h") == f"- {shown_name(text, 'en')} 2 h"
    assert len({number_of(hash_of("unit", f"Phòng {n}")) for n in range(40)}) > 38
