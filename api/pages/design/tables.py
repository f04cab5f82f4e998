"""Invented tables, whose rows add up."""

from __future__ import annotations

from api.pages.parts.charts import sparkline
from api.pages.parts.marks import Shape, Tone
from api.pages.parts.table import DataRow, DataTable, TableCell, TableColumn

_HERE = "/design"
_PEOPLE = (
    ("Vũ Đình Long", "Quản lý xây dựng", 24, 3, 3, 71, 12, 83.1, 96),
    ("Nguyễn Minh Tuấn", "Hạ tầng giao thông", 19, 2, 2, 64, 9, 85.9, 71),
    ("Đỗ Minh Khôi", "Quản lý xây dựng", 21, 4, 2, 66, 7, 89.4, 58),
    ("Mai Xuân Phúc", "Vận tải", 15, 2, 1, 80, 5, 93.8, 31),
    ("Ngô Thị Lan", "Quản lý xây dựng", 13, 1, 0, 52, 3, 94.2, 22),
)


def _number(value: int, tone: Tone = "neutral") -> TableCell:
    return TableCell(f"{value:,}".replace(",", "."), href=_HERE if value else "", tone=tone)


def _officer(row: tuple[str, str, int, int, int, int, int, float, int]) -> DataRow:
    name, unit, held, soon, overdue, done, late, rate, hours = row
    under: Tone = "late" if rate < 90 else "neutral"
    shape: Shape = "under" if rate < 90 else "below"
    line = [rate + (i * 7 % 5 - 2) * 0.9 for i in range(12)]
    return DataRow(
        (
            TableCell(name, href=_HERE),
            TableCell(unit),
            _number(held),
            _number(soon),
            _number(overdue, "late" if overdue else "neutral"),
            _number(done),
            _number(late),
            TableCell(f"{rate:.1f}".replace(".", ","), tone=under, shape=shape),
            TableCell(str(hours), bar=hours / 96),
            TableCell(chart=sparkline(line, f"12 tuần, nay {rate} %", 98.0, under, 75.0, 100.0)),
        )
    )


def _sums() -> tuple[DataRow, DataRow]:
    rest = (188, 15, 2, 776, 26)
    shown = [sum(column) for column in zip(*(row[2:7] for row in _PEOPLE), strict=True)]
    total = [a + b for a, b in zip(shown, rest, strict=True)]
    hours = sum(row[8] for row in _PEOPLE)
    return (
        DataRow(
            (TableCell("35 cán bộ khác"), TableCell(), *map(_number, rest), TableCell("96,6"),
             TableCell("221"), TableCell()), "rest"),
        DataRow(
            (TableCell("Cộng"), TableCell(), *map(_number, total), TableCell("94,1"),
             TableCell(str(hours + 221)), TableCell()), "total"),
    )  # fmt: skip


OFFICERS = DataTable(
    "Cán bộ, nhiều hồ sơ quá hạn nhất trước",
    (
        TableColumn("Cán bộ", sort=_HERE, phone="lead"),
        TableColumn("Phòng", phone="more"),
        TableColumn("Đang giữ", True, _HERE),
        TableColumn("Sắp hạn", True, _HERE, phone="off"),
        TableColumn("Quá hạn", True, _HERE, "down", phone="main"),
        TableColumn("Đã trả", True, _HERE, phone="off"),
        TableColumn("Trả trễ", True, _HERE, phone="off"),
        TableColumn("Đúng hạn %", True, _HERE),
        TableColumn("Giờ vượt hạn", True, _HERE),
        TableColumn("12 tuần, mục tiêu 98", True, phone="off"),
    ),
    (*map(_officer, _PEOPLE), *_sums()),
    density="compact",
)
WINDOWS = DataTable(
    "Cửa sổ trượt",
    (
        TableColumn("Cửa sổ", phone="lead"), TableColumn("Tiếp nhận", True),
        TableColumn("Đã trả", True), TableColumn("Trả trễ", True, phone="off"),
        TableColumn("Đúng hạn %", True, phone="main"), TableColumn("Mới quá hạn", True),
    ),
    tuple(
        DataRow(tuple(map(TableCell, cells)), "chosen" if cells[0].startswith("Tháng") else "plain")
        for cells in (
            ("1 giờ", "11", "9", "1", "88,9", "2"), ("24 giờ", "27", "22", "1", "95,5", "5"),
            ("7 ngày", "296", "301", "15", "95,0", "17"),
            ("Tháng 11", "1.214", "1.198", "71", "94,1", "79"),
        )
    ),
    note="Chủ nhật không có giờ làm việc, nên 24 giờ qua chỉ gồm sáng nay.",
)  # fmt: skip
PROCEDURES = DataTable(
    "Thủ tục trễ nhiều",
    (
        TableColumn("Thủ tục", phone="lead"), TableColumn("Trễ", True, phone="main"),
        TableColumn("Hồ sơ", True), TableColumn("%", True),
    ),
    (
        *(
            DataRow((TableCell(name, href=_HERE), _number(late, "late"), _number(all_),
                     TableCell(f"{100 * late / all_:.1f}".replace(".", ","))))
            for name, late, all_ in (
                ("Cấp giấy phép xây dựng nhà ở riêng lẻ", 24, 212),
                ("Cấp giấy phép thi công trên đường bộ", 17, 96),
                ("Cấp chứng chỉ hành nghề hạng III", 12, 188),
            )
        ),
        DataRow(
            (TableCell("22 thủ tục khác"), _number(32), _number(1020), TableCell("3,1")), "rest"
        ),
        DataRow((TableCell("Cộng"), _number(85), _number(1516), TableCell("5,6")), "total"),
    ),
)  # fmt: skip
