"""Dossiers of a list as tables: the late ones, those received late, those taken out."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from documents.late_list.grids import Field, Grid, GridRow, numbered
from documents.late_list.mentions import Mentions, marks_text
from documents.late_list.words import RELIEF
from dossiers.publication.figures import days_late, number_text
from dossiers.publication.reasons import reason_words
from dossiers.wire.late_lists import DossierLine

_SMALL = 10  # pt
_STT = Field("STT", "stt", 0.7)
_CODE = Field("Mã hồ sơ", "code", 2.1)
_PROCEDURE = Field("Thủ tục hành chính", "text", 2.8)
_UNIT = Field("Đơn vị", "text", 2.2)


def late_grid(mentions: Mentions) -> Grid:
    """Late by some working time."""
    rows = (sealed.row for sealed in mentions.rows.dossiers)
    return Grid(
        key="ho-so",
        sheet="Hồ sơ",
        title=f"Danh sách hồ sơ quá hạn, {mentions.month}",
        fields=_LATE,
        rows=_late_rows(mentions, (row for row in rows if row.late)),
        size=_SMALL,
        notes=(
            "Số ngày trễ là ngày làm việc sau hạn, cộng từ phần của từng người giữ hồ sơ; không "
            "tính thời gian chờ công dân bổ sung. Danh sách không có dữ liệu của công dân.",
        ),
    )


def zero_grid(mentions: Mentions) -> Grid:
    """Late without any working time beyond the due time: nobody is charged."""
    rows = (sealed.row for sealed in mentions.rows.dossiers)
    return Grid(
        key="khong-gio",
        sheet="Trễ 0 giờ làm việc",
        title=f"Hồ sơ quá hạn nhưng chưa trễ giờ làm việc nào, {mentions.month}",
        fields=_LATE,
        rows=_late_rows(mentions, (row for row in rows if not row.late)),
        size=_SMALL,
        notes=(
            "Hồ sơ xong sau giờ hẹn, hoặc quá hẹn khi hết tháng, mà giữa hai thời điểm không có "
            "giờ làm việc nào: tính là quá hạn, không tính cho cán bộ nào.",
        ),
    )


def receptions_grid(mentions: Mentions) -> Grid:
    """Received too late: a lateness of its own kind, none of the others."""
    rows = [
        (
            row.dossier, mentions.procedure(row.procedure), mentions.place(row.unit),
            row.submitted_at, row.received_at, _hours(row.over),
        )
        for row in (sealed.row for sealed in mentions.rows.receptions)
    ]  # fmt: skip
    return Grid(
        key="cham-tiep-nhan",
        sheet="Tiếp nhận chậm",
        title=f"Danh sách hồ sơ tiếp nhận chậm, {mentions.month}",
        fields=(
            _STT, _CODE, _PROCEDURE, _UNIT,
            Field("Nộp lúc", "time", 1.4), Field("Tiếp nhận lúc", "time", 1.4),
            Field("Chậm (giờ làm việc)", "days", 1.1),
        ),
        rows=numbered(rows),
        size=_SMALL,
        notes=("Tính riêng, không cộng vào số hồ sơ quá hạn.",),
    )  # fmt: skip


def excluded_grid(mentions: Mentions) -> Grid:
    """What the review took out, and why."""
    rows = [
        (
            row.dossier, mentions.procedure(row.procedure), mentions.place(row.unit),
            mentions.officer(row.officer), RELIEF[row.relief], reason_words(row.reason), row.text,
        )
        for row in (sealed.row for sealed in mentions.rows.excluded)
    ]  # fmt: skip
    return Grid(
        key="loai-tru",
        sheet="Loại trừ",
        title=f"Hồ sơ được trừ sau giải trình, {mentions.month}",
        fields=(
            _STT, _CODE, _PROCEDURE, _UNIT, Field("Người giữ", "text", 1.8),
            Field("Cách trừ", "text", 1.6), Field("Lý do", "text", 2), Field("Nội dung", "text", 3),
        ),
        rows=numbered(rows),
        size=_SMALL,
        notes=(
            "Loại khỏi danh sách: hồ sơ không còn tính quá hạn cho đơn vị và người giữ. Không tính "
            "cho người giữ: hồ sơ vẫn quá hạn với đơn vị. Tổng số hồ sơ không đổi.",
        ),
    )  # fmt: skip


def arriving_grid(mentions: Mentions) -> Grid:
    """Sources of which news of the month may still come."""
    rows: list[GridRow] = [
        (each.source, each.last_at if each.last_at is not None else "Chưa có tin nào")
        for each in mentions.core.arriving
    ]
    return Grid(
        key="con-cho",
        sheet="Nguồn còn chờ",
        title=f"Nguồn có thể còn gửi dữ liệu của {mentions.month}",
        fields=(_STT, Field("Nguồn", "text", 4), Field("Tin cuối cùng lúc", "time", 2)),
        rows=numbered(rows),
        notes=("Tin đến sau thời điểm chốt số liệu không làm thay đổi danh sách này.",),
    )


_LATE = (
    _STT, _CODE, _PROCEDURE, _UNIT,
    Field("Ngày nhận", "time", 1.65), Field("Hẹn trả", "time", 1.65),
    Field("Ngày xong", "time", 1.65),
    Field("Số ngày trễ", "days", 0.8), Field("Bước gây trễ", "text", 1.5),
    Field("Người giữ (số ngày trễ)", "text", 2.4), Field("Lý do", "text", 1.6),
    Field("Đã xin lỗi", "stt", 1.2), Field("Ghi chú", "text", 1.8),
)  # fmt: skip


def _late_rows(mentions: Mentions, rows: Iterable[DossierLine]) -> tuple[GridRow, ...]:
    return numbered([
        (
            row.dossier, mentions.procedure(row.procedure), mentions.place(row.unit),
            row.received_at, row.due_at,
            row.finished_at if row.finished_at is not None else "Đang giải quyết",
            days_late(row.late, row.day), mentions.step(row.step), _holders(mentions, row),
            reason_words(row.reason), "Có" if row.apologised else "Không", marks_text(row),
        )
        for row in rows
    ])  # fmt: skip


def _holders(mentions: Mentions, row: DossierLine) -> str:
    said = [
        f"{mentions.holder(charge)} ({number_text(days_late(charge.amount, row.day))}"
        f"{', không tính cho người giữ' if charge.relieved else ''})"
        for charge in row.charges
        if charge.amount
    ]
    if row.unassigned:
        before = number_text(days_late(row.unassigned, row.day))
        said.append(f"Hẹn trả trước khi tiếp nhận ({before})")
    return "; ".join(said)


def _hours(over: int) -> Decimal:
    return days_late(over, 3_600_000)
