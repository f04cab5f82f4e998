"""By which channel a dossier came is what its newest record of traits says, whatever others say."""

from __future__ import annotations

import msgspec
import pytest

from api.insight.answers import counts
from api.insight.filters import Filter
from api.insight.listing import list_page
from dossiers.wire.traits import DossierTraits, Traits
from sinks.decode.base import Record
from sinks.decode.traits import TraitDecoder
from tests.api.insight.conftest import Asked

pytestmark = pytest.mark.asyncio(loop_scope="module")
SAID = ((1,), (2,), (1, 2), (2, 1), (2, None), (None, 2), (1, 2, 1), (2, 2))


def records(line: str, ids: list[str]) -> list[list[Record]]:
    """By the place in SAID, in batches of their own: so that no merge has made one of them."""
    batches: list[list[Record]] = [[], [], []]
    for place, said in enumerate(SAID):
        for nth, channel in enumerate(said):
            found = DossierTraits(
                timeline=line, dossier_id=ids[place], occurred_at=1_000 + nth, source="s",
                source_seq=nth, event_id=f"{place}-{nth}", madonvi="", offset=nth,
                traits=Traits(channel=channel),
            )  # fmt: skip
            key, value = ids[place].encode(), msgspec.json.encode(found)
            batches[nth].append(Record(0, nth, key, value))
    return batches


async def test_the_newest_record_counts_also_before_they_are_merged(asked: Asked) -> None:
    viewer, store, line = asked.everybody, asked.store, asked.live.config.timeline
    ids = [str(row["id"]) for row in (await list_page(
        Filter(unit="u1"), viewer, cursor=None, limit=len(SAID))).rows]  # fmt: skip
    store.command("SYSTEM STOP MERGES traits")
    try:
        for batch in records(line, ids):
            rows = TraitDecoder(line).decode(batch).rows
            assert rows is not None
            store.insert("traits", rows)
        newest = {id_: said[-1] for id_, said in zip(ids, SAID, strict=True)}
        for channel in (1, 2, 3):
            expected = {id_ for id_, last in newest.items() if last == channel}
            for of in (Filter(channel=channel), Filter(channel=channel, unit="u1")):
                page = await list_page(of, viewer, cursor=None, limit=100)
                assert {row["id"] for row in page.rows} == expected
                assert await counts([of], viewer) == [len(expected)]
    finally:
        store.command("SYSTEM START MERGES traits")
        store.command("TRUNCATE TABLE traits")
