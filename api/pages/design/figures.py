"""Invented tiles."""

from __future__ import annotations

from api.pages.parts.figure import FigureTile, Help
from api.pages.parts.marks import Link

_HERE = "/design"
_RATE = Help(
    title="Đúng hạn tháng này",
    text="Hồ sơ đã trả trước hoặc đúng hạn, chia cho mọi hồ sơ đã trả từ 01/11. So theo thời điểm, "
    "không theo ngày.",
    formula=(("1.127", "đúng hạn"), ("/", ""), ("1.198", "đã trả")),
    result="94,1 %",
    facts=(
        ("Không tính", "3 hồ sơ rút trước hạn, 9 hồ sơ bị từ chối"),
        ("Quy định", "NĐ 118/2025, lịch 2026.2"),
        ("Tuổi", "1 giây"),
    ),
    links=(Link("71 hồ sơ trả trễ", _HERE), Link("1.127 hồ sơ đúng hạn", _HERE)),
)
_COUNT = Help("Đang giải quyết", "Hồ sơ đã tiếp nhận, chưa trả kết quả, kể cả đang dừng đồng hồ.")
TILES = (
    FigureTile(
        "Đang giải quyết", "318", href=_HERE, help=_COUNT,
        notes=("đã tiếp nhận, chưa trả kết quả", "tăng 9 so với cùng giờ thứ Sáu"),
    ),
    FigureTile(
        "Đến hạn trong 8 giờ", "31", tone="soon", shape="soon", href=_HERE, help=_COUNT,
        notes=("giờ làm việc, đến thứ Ba 10:27", "tăng 6 so với cùng giờ thứ Sáu"),
    ),
    FigureTile(
        "Đang quá hạn", "14", tone="late", shape="overdue", href=_HERE, help=_COUNT,
        notes=("4,4 % hồ sơ đang giải quyết", "giảm 2 so với cùng giờ thứ Sáu"),
    ),
    FigureTile(
        "Đúng hạn tháng này", "94,1", "%", tone="late", shape="under", href=_HERE, help=_RATE,
        notes=("1.127 trên 1.198 hồ sơ đã trả", "mục tiêu 98 %, thiếu 3,9 điểm"),
    ),
    FigureTile(
        "Chậm tiếp nhận", "3", tone="late", shape="reception", href=_HERE, help=_COUNT,
        notes=("trực tuyến, quá 8 giờ chưa nhận", "tăng 1 so với cùng giờ thứ Sáu"),
    ),
)  # fmt: skip
STATE_TILES = (
    FigureTile("Sắp đến hạn", "31", tone="soon", shape="soon", notes=("trong 8 giờ",)),
    FigureTile("Quá hạn", "14", tone="late", shape="overdue", notes=("4,4 % đang mở",)),
    FigureTile(
        "Đúng hạn T11", "94,1", "%", tone="late", shape="under", notes=("mục tiêu 98 %",)
    ),
)  # fmt: skip
TOO_FEW = (
    FigureTile("Đúng hạn tháng này", "–", notes=("2 hồ sơ đã trả, cần ít nhất 20",)),
    FigureTile("Hài lòng", "thiếu", notes=("chưa nạp khảo sát tháng 11",)),
    FigureTile("Hạng", "–", notes=("không xếp khi dưới 100 hồ sơ",)),
)
