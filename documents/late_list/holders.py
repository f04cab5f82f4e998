"""Officers and units of a list as tables: the columns of Decision 766."""

from __future__ import annotations

from documents.late_list.grids import Field, Grid, GridCell, GridRow, numbered
from documents.late_list.mentions import Mentions
from dossiers.publication.figures import (
    days_mean,
    days_most,
    number_text,
    rate,
    unit_ranked,
)
from dossiers.wire.late_lists import Counts, Days, OfficerLine, UnitLine

_LATE, _DAYS = "Hồ sơ quá hạn", "Số ngày trễ"
_STT = Field("STT", "stt", 0.55)
_TOTAL = Field("Tổng hồ sơ", "whole", 0.95)
_BY_STATE = (
    Field("Đã giải quyết", "whole", 0.75, _LATE),
    Field("Đang giải quyết", "whole", 0.75, _LATE),
)
_RATE = Field("Tỷ lệ (%)", "rate", 0.85)
_HOW_LATE = (
    Field("Lớn nhất", "days", 0.75, _DAYS),
    Field("Trung bình", "days", 0.8, _DAYS),
)
_ENDING = (
    Field("Lý do", "text", 2.2),
    Field("Đã xin lỗi", "share", 0.95),
    Field("Ghi chú", "text", 2.2),
)
_UNIT = Field("Đơn vị", "text", 3.6)
_ALL_LATE = Field("Cộng", "whole", 0.75, _LATE)
_NOTICE_UNITS = 10  # that the notice itself has before it says "others"


def officers_grid(mentions: Mentions) -> Grid:
    """By unit, then name: a running number is no rank."""
    named = mentions.core.names == "name"
    who = (
        *((Field("Họ và tên", "text", 2.1),) if named else ()),
        Field("Chức vụ", "text", 1.6),
        Field("Phòng, đơn vị", "text", 2.4),
    )
    rows = [
        (
            *((mentions.officer(line.officer),) if named else ()),
            mentions.position(line),
            mentions.place(line.unit),
            *_figures(mentions, line),
        )
        for line in (sealed.row for sealed in mentions.rows.officers)
    ]
    return Grid(
        key="can-bo",
        sheet="Cán bộ",
        title=f"Danh sách cán bộ, công chức, viên chức có hồ sơ quá hạn, {mentions.month}",
        fields=(_STT, *who, _TOTAL, *_BY_STATE, _RATE, *_HOW_LATE, *_ENDING),
        rows=numbered(rows),
        notes=(
            "Xếp theo đơn vị, rồi theo tên; số thứ tự không phải là thứ hạng. Số ngày trễ là phần "
            "của riêng từng người. " + _dash_note(mentions),
        ),
    )


def units_grid(mentions: Mentions) -> Grid:
    """Every unit with those below it."""
    rows = [
        ("– " * _depth(mentions, line) + mentions.unit(line.unit), *_figures(mentions, line))
        for line in mentions.core.units
    ]
    return Grid(
        key="don-vi",
        sheet="Đơn vị",
        title=f"Danh sách đơn vị có hồ sơ quá hạn, {mentions.month}",
        fields=(_STT, _UNIT, _TOTAL, *_BY_STATE, _RATE, *_HOW_LATE, *_ENDING),
        rows=numbered(rows),
        total=("", "Cộng", *_whole(mentions)),
        notes=(
            "Mỗi đơn vị gồm cả các đơn vị trực thuộc. Một hồ sơ trễ ở nhiều đơn vị được tính ở "
            "từng đơn vị, nhưng chỉ một lần ở dòng Cộng. " + _dash_note(mentions),
        ),
    )


def notice_grid(mentions: Mentions, annex: str) -> Grid:
    """Units at the top, the most late dossiers first; those too small to be compared stand behind,
    without a place. ``annex``: where the others are."""
    lines = sorted(top_units(mentions), key=lambda line: _place(mentions, line))
    limits = mentions.core.thresholds
    shown = lines if len(lines) <= _NOTICE_UNITS + 1 else lines[:_NOTICE_UNITS]
    rows: list[GridRow] = [
        (
            str(number) if unit_ranked(line.counts, limits) else number_text(None),
            mentions.unit(line.unit),
            *_short(mentions, line.counts, line.days),
        )
        for number, line in enumerate(shown, 1)
    ]
    if len(shown) < len(lines):
        others = f"{len(lines) - len(shown)} đơn vị khác ({annex})"
        rows.append((f"{len(shown) + 1}-{len(lines)}", others, *("",) * 8))
    return Grid(
        key="tong-hop",
        sheet="Tổng hợp",
        title="Tổng hợp theo đơn vị",
        fields=(
            Field("STT", "stt", 0.75), _UNIT, _TOTAL, *_BY_STATE, _ALL_LATE, _RATE, *_HOW_LATE,
            Field("Đã xin lỗi", "whole", 0.8),
        ),
        rows=tuple(rows),
        total=("", "Cộng", *_short(mentions, mentions.core.whole, mentions.core.days)),
    )  # fmt: skip


def top_units(mentions: Mentions) -> list[UnitLine]:
    """The uppermost ones, of which there are several: a province alone tells nothing."""
    below = ""
    while True:
        lines = [line for line in mentions.core.units if line.parent == below]
        if len(lines) != 1 or not _children(mentions, lines[0].unit):
            return lines
        below = lines[0].unit


def _children(mentions: Mentions, unit: str) -> bool:
    return any(line.parent == unit for line in mentions.core.units)


def _place(mentions: Mentions, line: UnitLine) -> tuple[bool, int, str]:
    ranked = unit_ranked(line.counts, mentions.core.thresholds)
    return not ranked, -line.counts.late, mentions.unit(line.unit)


def _short(mentions: Mentions, counts: Counts, days: Days) -> GridRow:
    return (
        counts.total, counts.done, counts.open, counts.late,
        rate(counts, mentions.core.thresholds), days_most(days), days_mean(days, counts.late),
        counts.apologised,
    )  # fmt: skip


def _figures(mentions: Mentions, line: OfficerLine | UnitLine) -> GridRow:
    counts = line.counts
    return (
        counts.total, counts.done, counts.open,
        rate(counts, mentions.core.thresholds),
        days_most(line.days), days_mean(line.days, counts.late),
        mentions.reason(line.reason, line.step),
        _apologised(counts),
        _note(mentions, line),
    )  # fmt: skip


def _whole(mentions: Mentions) -> GridRow:
    counts, days = mentions.core.whole, mentions.core.days
    return (
        counts.total, counts.done, counts.open, rate(counts, mentions.core.thresholds),
        days_most(days), days_mean(days, counts.late), "", _apologised(counts), "",
    )  # fmt: skip


def _apologised(counts: Counts) -> GridCell:
    return (counts.apologised, counts.late) if counts.late else None


def _note(mentions: Mentions, line: OfficerLine | UnitLine) -> str:
    """What the figures do not say by themselves."""
    counts, said = line.counts, []
    if counts.excluded:
        said.append(f"đã trừ {number_text(counts.excluded)} hồ sơ được chấp nhận giải trình")
    if isinstance(line, OfficerLine) and line.officer:
        cases = mentions.charged.get((line.unit, line.officer), [])
        late_before = sum(charge.inherited > 0 for _, charge in cases)
        changed = sum("rewritten" in row.marks for row, _ in cases)
        if late_before:
            said.append(f"{number_text(late_before)} hồ sơ nhận khi đã trễ")
        if changed:
            said.append(f"{number_text(changed)} hồ sơ đã sửa hạn hoặc ngày xong")
    if counts.zero:
        said.append(f"{number_text(counts.zero)} hồ sơ trễ 0,0 ngày làm việc")
    if counts.repeated:
        said.append(f"{number_text(counts.repeated)} hồ sơ đã nêu ở danh sách tháng trước")
    text = "; ".join(said)
    return text[:1].upper() + text[1:]


def _depth(mentions: Mentions, line: UnitLine) -> int:
    depth, above = 0, line.parent
    while above and depth < len(mentions.parents):
        depth, above = depth + 1, mentions.parents.get(above, "")
    return depth


def _dash_note(mentions: Mentions) -> str:
    return (
        f"Tỷ lệ chỉ tính từ {mentions.core.thresholds.rate_from} hồ sơ trở lên; ít hơn thì ghi “–”."
    )
