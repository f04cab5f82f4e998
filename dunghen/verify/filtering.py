"""The filter that a verification tries: as pages ask ClickHouse for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.insight.conditions import TABLE, Standpoint, matching, where_of
from api.insight.filters import Filter
from dossiers.reference.context import Context
from dunghen.clickhouse import ClickHouse
from oracle.checks.cut import CutPartition
from oracle.checks.filtered import ChosenFilter, check_filter, choose
from oracle.checks.report import Check
from oracle.figures import LogCount


def check_chosen(
    store: ClickHouse,
    timeline: str,
    now: int,
    parts: Mapping[int, CutPartition],
    counts: Mapping[int, LogCount],
    context: Context,
) -> Check:
    """One filter, chosen by the timeline and the watermark ``now`` (ms), so that the same cut is
    asked the same. ``context``: what counts now."""
    chosen = choose(f"{timeline} {now}", list(counts.values()), now, context)
    filter_ = as_filter(chosen)
    where = where_of(filter_, Standpoint(timeline, now, context, None))
    rows: list[dict[str, Any]] = store.query(
        "SELECT dossier_id, epoch, offset, dossier_id IN ("  # noqa: S608
        f"SELECT d.dossier_id FROM {TABLE} WHERE {matching(where)}) AS found "
        "FROM dossiers FINAL WHERE timeline = {timeline:String}",
        where.parameters,
    )
    return check_filter(chosen, filter_.query() or "all", rows, parts, counts, context)


def as_filter(chosen: ChosenFilter) -> Filter:
    """The same as pages have it."""
    window = ""
    if chosen.days is not None:
        window = "..".join(day.isoformat() for day in chosen.days)
    return Filter(
        unit=chosen.unit,
        procedure=chosen.procedure,
        standing=chosen.standing,
        marks=(chosen.mark,) if chosen.mark else (),
        what=chosen.what,
        window=window,
    )
