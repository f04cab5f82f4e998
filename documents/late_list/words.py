"""What documents say in fixed words."""

from __future__ import annotations

from documents.late_list.data import Paper
from dossiers.wire.late_lists import Mark

DRAFT = "BẢN NHÁP"
SIMULATION = "MÔ PHỎNG"
MARKS: dict[Mark, str] = {
    "rewritten": "hạn hoặc ngày xong đã sửa",
    "backdated": "ngày ghi lùi",
    "retracted": "nguồn đã rút lại một sự kiện",
    "reopened": "mở lại sau khi xong",
}
RELIEF = {"holder": "Không tính cho người giữ", "unit": "Loại khỏi danh sách"}


def mark_of(paper: Paper) -> str:
    """What stands at the head of every page of what is no publication; "" for one."""
    marks = (SIMULATION if paper.core.simulation else "", "" if paper.approved else DRAFT)
    return " · ".join(filter(None, marks))
