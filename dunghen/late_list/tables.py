"""The three tables of the list, with the columns of Decision 766 in Vietnamese."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from dunghen.late_list.document import Document

Cell = str | int | float | None
_EPOCH = datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC"))
_HOLDER = (
    "Tổng hồ sơ", "Số quá hạn", "Đã giải quyết", "Đang giải quyết", "Tỷ lệ (%)",
    "Số ngày trễ lớn nhất", "Số ngày trễ trung bình", "Bước gây trễ", "Lý do", "Đã xin lỗi",
    "Ghi chú",
)  # fmt: skip
COLUMNS = {
    "officers": ("STT", "Họ tên", "Chức vụ", "Phòng/đơn vị", *_HOLDER),
    "units": ("STT", "Phòng/đơn vị", *_HOLDER),
    "dossiers": (
        "STT", "Mã hồ sơ", "TTHC", "Đơn vị", "Ngày nhận", "Hẹn trả", "Ngày xong", "Số ngày trễ",
        "Bước gây trễ", "Đã sửa",
    ),
}  # fmt: skip
TITLES = {"officers": "Cán bộ", "units": "Đơn vị", "dossiers": "Phụ lục hồ sơ"}


class LateTable(NamedTuple):
    """``part``: officers, units or dossiers."""

    part: str
    title: str
    columns: tuple[str, ...]
    rows: list[list[Cell]]


def tables_of(document: Document) -> list[LateTable]:
    """All three, in the order of the list."""
    content = msgspec.json.decode(document.body)
    at = _clock(content["timezone"])
    rows: dict[str, list[list[Cell]]] = {
        "officers": [
            [i, e["officer_name"], e["position"], e["unit_name"], *_holder(e)]
            for i, e in enumerate(content["officers"], 1)
        ],
        "units": [[i, e["unit_name"], *_holder(e)] for i, e in enumerate(content["units"], 1)],
        "dossiers": [
            [
                i, e["dossier"], e["procedure_name"], e["unit_name"], at(e["received_at"]),
                at(e["due_at"]), at(e["finished_at"]), e["days_late"], e["step_name"],
                "x" if e["rewritten"] else "",
            ]
            for i, e in enumerate(content["dossiers"], 1)
        ],
    }  # fmt: skip
    return [LateTable(part, TITLES[part], COLUMNS[part], rows[part]) for part in COLUMNS]


def _holder(entry: dict[str, Cell]) -> list[Cell]:
    apologised = {True: "có", False: "không"}.get(entry["apologised"], "")  # type: ignore[call-overload]
    return [
        entry["total"], entry["late"], entry["done"], entry["open"], entry["rate"],
        entry["days_most"], entry["days_mean"], entry["step_name"], "", apologised, entry["note"],
    ]  # fmt: skip


def _clock(timezone: str) -> Callable[[int | None], str]:
    zone = ZoneInfo(timezone)

    def at(ms: int | None) -> str:
        if ms is None:
            return ""
        return (_EPOCH + timedelta(milliseconds=ms)).astimezone(zone).strftime("%d/%m/%Y %H:%M")

    return at
