"""Invented charts, controls and states."""

from __future__ import annotations

from api.pages.parts.charts import Bars, ChartBar, Dot, DotPlot, DotRow, place_on, shares
from api.pages.parts.controls import (
    Choice,
    Download,
    FilterForm,
    PageHead,
    Pagination,
    Select,
    Tab,
)
from api.pages.parts.marks import Link, Tone
from api.pages.parts.states import Empty, Notice

_HERE = "/design"
HEAD = PageHead(
    "Sở Xây dựng",
    trail=(Link("68 đơn vị", _HERE),),
    place="Cấp tỉnh",
    sub="6 phòng, 42 cán bộ",
    downloads=(Download("CSV", _HERE), Download("XLSX", _HERE)),
)
_ALL = Choice("", "tất cả")
FILTERS = FilterForm(
    _HERE,
    selects=(
        Select("field", "Lĩnh vực", (_ALL, Choice("housing", "Nhà ở"))),
        Select("procedure", "Thủ tục", (_ALL,)),
        Select("online", "Mức độ", (_ALL, Choice("full", "toàn trình"))),
    ),
    chips=(Link("Lĩnh vực Nhà ở", _HERE), Link("Mức độ toàn trình", _HERE)),
    clear=_HERE,
)
TABS = (Tab("Tổng quan", _HERE, chosen=True), Tab("Cán bộ", _HERE, count="42"))
PAGES = Pagination("101–200 trên 318 hồ sơ", before=_HERE, after=_HERE)
NOTICE = Notice(
    "Nguồn Bộ Xây dựng im lặng 47 phút trong giờ làm việc. 41 hồ sơ vận tải có thể chưa mới, đánh "
    "dấu lúc 09:40.",
    "silent",
    Link("Tình trạng nguồn", _HERE),
)
_BACKLOG: tuple[tuple[str, int, Tone], ...] = (
    ("quá hạn trên 24 giờ", 3, "late"),
    ("8 đến 24 giờ", 5, "late"),
    ("dưới 8 giờ", 6, "late"),
    ("còn dưới 8 giờ", 31, "soon"),
    ("8 đến 16 giờ", 38, "neutral"),
    ("16 đến 40 giờ", 97, "neutral"),
    ("trên 40 giờ", 109, "neutral"),
    ("đang dừng đồng hồ", 29, "neutral"),
)
BARS = Bars(
    "Tồn đọng theo hạn trả",
    tuple(
        ChartBar(
            label, share, str(count), tone, hatched=label.endswith("đồng hồ"), href=_HERE,
            line=label.startswith("còn"),
        )
        for (label, count, tone), share in zip(
            _BACKLOG, shares([count for _, count, _ in _BACKLOG]), strict=True
        )
    ),
)  # fmt: skip
_STEPS = (("Tiếp nhận", 18), ("Thẩm định", 402), ("Ký duyệt", 121), ("Văn thư", 22),
          ("Trả kết quả", 17))  # fmt: skip
LOST_TIME = Bars(
    "Mất thời gian ở bước nào",
    tuple(
        ChartBar(
            name, share, f"{hours} giờ", "late" if hours > 400 else "neutral", href=_HERE,
            aside=f"{round(hours / 5.8)} %",
        )
        for (name, hours), share in zip(_STEPS, shares([h for _, h in _STEPS]), strict=True)
    ),
    total=("Cộng", "580 giờ", "ở 85 hồ sơ trễ"),
    note="Thẩm định vượt hạn ở 52 hồ sơ, trung vị 5,1 giờ.",
)  # fmt: skip


def _dots(own: float, unit: float, median: float, low: float, high: float) -> tuple[Dot, ...]:
    return tuple(
        Dot(place_on(value, low, high), kind, f"{value}".replace(".", ","), label)
        for kind, value, label in (
            ("own", own, "bản thân"), ("unit", unit, "đơn vị"), ("median", median, "trung vị"),
        )
    )  # fmt: skip


DOTS = DotPlot(
    "Chỉ số của bản thân bên cạnh đơn vị và người cùng lĩnh vực",
    (
        DotRow("Đúng hạn %", _dots(89.4, 94.1, 95.2, 80, 100), "80", "100", "89,4", "late", "under",
               note="59 trên 66 hồ sơ đã trả"),
        DotRow("Giờ vượt hạn", _dots(58, 14, 22, 0, 100), "0", "100", "58",
               note="trễ bị tính, tháng 11"),
        DotRow("Trung vị giờ thẩm định", _dots(11, 12, 13, 0, 24), "0", "24", "11"),
    ),
    (("own", "bản thân"), ("unit", "cả đơn vị"), ("median", "trung vị 14 người cùng lĩnh vực")),
)  # fmt: skip
EMPTY_GOOD = Empty(
    "good", "Không có hồ sơ nào quá hạn",
    "318 hồ sơ đang giải quyết đã được xem lúc 10:27. Sớm nhất đến hạn lúc 13:40 hôm nay.",
    link=Link("Xem hồ sơ sắp đến hạn", _HERE),
)  # fmt: skip
EMPTY_FILTER = Empty(
    "filter", "Không có hồ sơ quá hạn khớp bộ lọc", "Cả Sở có 14 hồ sơ quá hạn.",
    chips=FILTERS.chips, link=Link("Bỏ cả hai bộ lọc", _HERE),
)  # fmt: skip
