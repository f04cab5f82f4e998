"""What a correction changes: line by line beside what was published."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from typing import TypeVar

from documents.late_list.data import Corrected
from documents.late_list.grids import Field, Grid, GridRow, numbered
from documents.late_list.mentions import Mentions
from dossiers.publication.figures import (
    days_late,
    days_mean,
    days_most,
    number_text,
    rate_text,
)
from dossiers.wire.late_lists import (
    Counts,
    Days,
    DossierLine,
    ListCore,
    ListRows,
    OfficerLine,
    ReceptionLine,
)

_NONE = "Không có"
Line = TypeVar("Line")


def changes_grid(old: Corrected, mentions: Mentions) -> Grid:
    """Of whole, units, officers, dossiers and receptions, in this order."""
    rows: list[GridRow] = [
        *_whole(old.core, mentions),
        *_units(old.core, mentions),
        *_officers(old.rows, mentions),
        *_dossiers(old.rows, mentions),
        *_receptions(old.rows, mentions),
    ]
    return Grid(
        key="dinh-chinh",
        sheet="Đính chính",
        title=f"Nội dung đính chính, {mentions.month}",
        fields=(
            Field("STT", "stt", 0.5),
            Field("Phần", "text", 1.2),
            Field("Đối tượng", "text", 3),
            Field("Đã công bố", "text", 3.5),
            Field("Đính chính thành", "text", 3.5),
        ),
        rows=numbered(rows),
    )


def _whole(old: ListCore, mentions: Mentions) -> Iterator[GridRow]:
    new = mentions.core
    before, after = (_figures(mentions, each.whole, each.days) for each in (old, new))
    if before != after:
        yield "Tổng số", "Toàn bộ danh sách", before, after


def _units(old: ListCore, mentions: Mentions) -> Iterator[GridRow]:
    before = {line.unit: _figures(mentions, line.counts, line.days) for line in old.units}
    after = {line.unit: _figures(mentions, line.counts, line.days) for line in mentions.core.units}
    yield from _changed("Đơn vị", before, after, mentions.unit)


def _officers(old: ListRows, mentions: Mentions) -> Iterator[GridRow]:
    if mentions.core.names == "none":
        return

    def by_key(rows: ListRows) -> dict[tuple[str, str, str], str]:
        return {
            _key(sealed.row): _figures(mentions, sealed.row.counts, sealed.row.days)
            for sealed in rows.officers
        }

    def named(key: tuple[str, str, str]) -> str:
        unit, officer, position = key
        return f"{mentions.officer(officer) or position}, {mentions.place(unit)}".strip(", ")

    yield from _changed("Cán bộ", by_key(old), by_key(mentions.rows), named)


def _key(line: OfficerLine) -> tuple[str, str, str]:
    return line.unit, line.officer, "" if line.officer else line.position


def _dossiers(old: ListRows, mentions: Mentions) -> Iterator[GridRow]:
    before = {sealed.row.dossier: _dossier(mentions, sealed.row) for sealed in old.dossiers}
    after = {
        sealed.row.dossier: _dossier(mentions, sealed.row) for sealed in mentions.rows.dossiers
    }
    yield from _changed("Hồ sơ", before, after, str)


def _receptions(old: ListRows, mentions: Mentions) -> Iterator[GridRow]:
    before = {sealed.row.dossier: _reception(sealed.row) for sealed in old.receptions}
    after = {sealed.row.dossier: _reception(sealed.row) for sealed in mentions.rows.receptions}
    yield from _changed("Tiếp nhận chậm", before, after, str)


def _changed(
    part: str, before: Mapping[Line, str], after: Mapping[Line, str], named: Callable[[Line], str]
) -> Iterator[GridRow]:
    keys: Set[Line] = dict.fromkeys((*before, *after)).keys()
    for key in keys:
        was, now = before.get(key, _NONE), after.get(key, _NONE)
        if was != now:
            yield part, named(key), was, now


def _figures(mentions: Mentions, counts: Counts, days: Days) -> str:
    return (
        f"{number_text(counts.late)} quá hạn trên {number_text(counts.total)} hồ sơ "
        f"({rate_text(counts, mentions.core.thresholds)} %), đã giải quyết "
        f"{number_text(counts.done)}, đang giải quyết {number_text(counts.open)}; trễ lớn nhất "
        f"{number_text(days_most(days))}, trung bình {number_text(days_mean(days, counts.late))} "
        f"ngày; đã xin lỗi {number_text(counts.apologised)}"
    )


def _dossier(mentions: Mentions, row: DossierLine) -> str:
    holders = "; ".join(
        f"{mentions.holder(charge)} {number_text(days_late(charge.amount, row.day))}"
        for charge in row.charges
    )
    return f"Trễ {number_text(days_late(row.late, row.day))} ngày" + (
        f" ({holders})" if holders else ""
    )


def _reception(row: ReceptionLine) -> str:
    return f"Chậm {number_text(days_late(row.over, 3_600_000))} giờ làm việc"
