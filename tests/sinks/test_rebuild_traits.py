"""A rebuild keeps what a dossier is like, also where its topic's last record is an older one."""

from __future__ import annotations

import uuid

import msgspec

from dossiers.wire.traits import DossierTraits, Traits
from sinks.decode.base import Record
from sinks.decode.traits import TraitDecoder
from sinks.rebuild import Rebuild
from sinks.store import Store

LINE = uuid.uuid4().hex
AT = 1_790_821_800_000


def put(store: Store, dossier: str, at: int, channel: int) -> None:
    found = DossierTraits(
        timeline=LINE, dossier_id=dossier, occurred_at=at, source="s", source_seq=0, event_id="e",
        offset=at - AT, traits=Traits(channel=channel),
    )  # fmt: skip
    rows = TraitDecoder(LINE).decode([Record(0, 0, b"", msgspec.json.encode(found))]).rows
    assert rows is not None
    store.insert("traits", rows)


def test_the_newest_of_both_stays(embedded_store: Store) -> None:
    rebuild = Rebuild(embedded_store, LINE)
    rebuild.prepare()
    try:
        put(embedded_store, "late-news", AT + 9, 2)
        put(rebuild.new, "late-news", AT + 1, 1)
        put(embedded_store, "newer-in-topic", AT + 1, 1)
        put(rebuild.new, "newer-in-topic", AT + 2, 3)
        rebuild.keep()
        rebuild.change_places()
    finally:
        rebuild.close()
    rows = embedded_store.query(
        "SELECT dossier_id, channel FROM traits_current ORDER BY dossier_id"
    )
    assert [(row["dossier_id"], row["channel"]) for row in rows] == [
        ("late-news", 2), ("newer-in-topic", 3),
    ]  # fmt: skip
