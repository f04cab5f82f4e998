"""The log against ClickHouse's traits: of each dossier the last that was taken, field by field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dossiers.wire.events import Described
from oracle.checks.cut import CutPartition
from oracle.checks.report import Check
from oracle.checks.stored import ms
from oracle.ports import Database

_SAID = (
    "channel", "paid_online", "fees", "fees_charged", "components", "components_with_file",
    "components_digitised", "components_reused", "components_from_store", "digitised",
    "result_file", "result_code", "verified_account",
)  # fmt: skip
_CODES = ("databases", "supplement_components")
_TRAITS = f"""
SELECT dossier_id, occurred_at, source, source_seq, event_id, madonvi, offset, {", ".join(_SAID)},
    {", ".join(f"{name}, {name}_said" for name in _CODES)}
FROM traits_current WHERE timeline = {{timeline:String}}
"""  # noqa: S608 (column names of our own)
_PLACE = ("source", "source_seq", "event_id", "madonvi", "offset")


def check_traits(store: Database, timeline: str, parts: Mapping[int, CutPartition]) -> Check:
    """Dossier by dossier; rows of what came after the cut are not compared."""
    check = Check("ClickHouse traits = traits of the log")
    rows = {r["dossier_id"]: r for r in store.query(_TRAITS, {"timeline": timeline})}
    ends = [part.until for part in parts.values()]
    for part in parts.values():
        for dossier_id, taken in part.described.items():
            row = rows.pop(dossier_id, None)
            if row is None:
                check.differ(f"{dossier_id}: its traits are not in ClickHouse")
            elif row["offset"] >= part.until:
                check.moved += 1
            else:
                check.equal(f"traits of {dossier_id}", _of_row(row), _of_event(*_last(taken)))
    for dossier_id, row in rows.items():
        if row["offset"] >= min(ends, default=0):
            check.moved += 1  # whichever partition it is in
        else:
            check.differ(f"{dossier_id}: ClickHouse has traits that the log has not")
    return check


def _last(taken: Sequence[tuple[int, Described]]) -> tuple[int, Described]:
    """Of these (offset, event) the one that happened last; at one place the first that came."""
    last = taken[0]
    for offset, event in taken[1:]:
        if _happened(event) > _happened(last[1]):
            last = (offset, event)
    return last


def _happened(event: Described) -> tuple[int, bytes, int, bytes, bytes]:
    return (
        event.occurred_at, event.source.encode(), event.source_seq, event.event_id.encode(),
        event.madonvi.encode(),
    )  # fmt: skip


def _of_row(row: Mapping[str, Any]) -> tuple[object, ...]:
    codes = [tuple(row[name]) if row[f"{name}_said"] else None for name in _CODES]
    return (
        ms(row["occurred_at"]), *(row[name] for name in _PLACE), *(row[name] for name in _SAID),
        *codes,
    )  # fmt: skip


def _of_event(offset: int, event: Described) -> tuple[object, ...]:
    said = event.traits
    return (
        event.occurred_at, event.source, event.source_seq, event.event_id, event.madonvi, offset,
        *(getattr(said, name) for name in (*_SAID, *_CODES)),
    )  # fmt: skip
