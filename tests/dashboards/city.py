"""An invented city for pictures and tests of the wall: every figure is made up and adds up."""

from __future__ import annotations

import math
import random
from typing import Any

WARDS = """
Dầu Tiếng|Minh Thạnh|Long Hòa|Trừ Văn Thố|Bàu Bàng|Hòa Lợi|Chánh Phú Hòa|An Long|Vĩnh Tân|
Phước Thành|Bình Cơ|Phước Hòa|Phú Giáo|Bắc Tân Uyên|Thanh An|Tây Nam|Long Nguyên|Bến Cát|
Chánh Hiệp|Thủ Dầu Một|Phú Lợi|Bình Dương|Thuận Giao|Tân Khánh|An Phú|Tân Hiệp|Tân Uyên|
Thường Tân|An Nhơn Tây|Nhuận Đức|Phú An|Thới Hòa|Bình Mỹ|Đông Thạnh|Thới An|Thuận An|
Lái Thiêu|Bình Hòa|Tam Bình|Dĩ An|Tân Đông Hiệp|Đông Hòa|Thái Mỹ|Củ Chi|Phú Hòa Đông|
Trung Mỹ Tây|Tân Thới Hiệp|An Hội Đông|Gò Vấp|An Nhơn|An Phú Đông|Hiệp Bình|Thủ Đức|
Linh Xuân|Tăng Nhơn Phú|Long Bình|Tân An Hội|Xuân Thới Sơn|Hóc Môn|An Hội Tây|Tân Sơn|
Thông Tây Hội|Đức Nhuận|Hạnh Thông|Bình Thạnh|Bình Lợi Trung|Bình Quới|Phước Long|
Long Phước|Bàu Lâm|Bà Điểm|Bình Tân|Tây Thạnh|Đông Hưng Thuận|Tân Sơn Nhất|Tân Sơn Hòa|
Cầu Kiệu|Tân Định|Gia Định|Thạnh Mỹ Tây|Bình Trưng|Long Trường|Châu Đức|Hòa Hiệp|Vĩnh Lộc|
Bình Hưng Hòa|Tân Sơn Nhì|Tân Bình|Bảy Hiền|Phú Nhuận|Nhiêu Lộc|Xuân Hòa|Sài Gòn|An Khánh|
Cát Lái|Kim Long|Bình Giã|Hòa Hội|Tân Vĩnh Lộc|Phú Thọ Hòa|Phú Thạnh|Tân Phú|Tân Hòa|
Hòa Hưng|Bàn Cờ|Bến Thành|Khánh Hội|Tân Thuận|Tân Thành|Ngãi Giao|Xuân Sơn|Bình Châu|
Bình Lợi|Bình Trị Đông|Bình Thới|Hòa Bình|Diên Hồng|Vườn Lài|Cầu Ông Lãnh|Vĩnh Hội|
Xóm Chiếu|Phú Mỹ|Tân Phước|Châu Pha|Nghĩa Thành|Xuyên Mộc|Tân Tạo|An Lạc|Phú Lâm|Minh Phụng|
Phú Thọ|An Đông|Tân Mỹ|Phú Thuận|Thạnh An|Tân Hải|Long Hương|Tam Long|Hồ Tràm|Tân Nhựt|
Bình Đông|Bình Phú|Bình Tây|Chợ Lớn|Chánh Hưng|Tân Hưng|Hiệp Phước|Tam Thắng|Bình Khánh|
Long Sơn|Bà Rịa|Long Điền|Đất Đỏ|Bình Chánh|Côn Đảo|Phú Định|Bình Tiên|Hưng Long|Nhà Bè|
An Thới Đông|Cần Giờ|Vũng Tàu|Rạch Dừa|Phước Thắng|Long Hải|Phước Hải|Chợ Quán|Thạnh Lộc
"""
DEPARTMENTS = (
    ("Sở Nông nghiệp và Môi trường", "Sở NN&MT"),
    ("Sở Xây dựng", "Sở Xây dựng"),
    ("Sở Tài chính", "Sở Tài chính"),
    ("Sở Công Thương", "Sở Công Thương"),
    ("Sở Y tế", "Sở Y tế"),
    ("Sở Giáo dục và Đào tạo", "Sở GD&ĐT"),
    ("Sở Tư pháp", "Sở Tư pháp"),
    ("Sở Nội vụ", "Sở Nội vụ"),
    ("Sở Khoa học và Công nghệ", "Sở KH&CN"),
    ("Sở Văn hóa và Thể thao", "Sở VH&TT"),
    ("Sở Du lịch", "Sở Du lịch"),
    ("Sở Dân tộc và Tôn giáo", "Sở DT&TG"),
)
STEPS = ("thẩm định", "chờ ký", "văn thư", "tiếp nhận", "trả kết quả")
INITIALS = ("N.T.H.", "L.V.Đ.", "T.Q.A.", "P.M.T.", "Đ.T.K.C.", "V.H.P.", "B.N.L.", "H.X.T.")
NOON = 1_795_408_000_000  # a Monday in November 2026, late morning in Vietnam
STEP_MS = 1_800_000
TARGET = 98.0


def _units(random_: random.Random, wards: int, departments: int) -> dict[str, dict[str, Any]]:
    names = [name.strip() for name in WARDS.replace("\n", "").split("|") if name.strip()][:wards]
    columns = max(1, math.ceil(math.sqrt(len(names) * 1.2)))
    units: dict[str, dict[str, Any]] = {}
    for i, name in enumerate(names):
        rank = "Xã" if i % 3 else "Phường"
        units[f"H29.{i + 1:03}"] = {
            "name": f"{rank} {name}",
            "short": name,
            "kind": "commune",
            "parent": "H29",
            "x": (i % columns + random_.random()) / columns,
            "y": (i // columns + random_.random()) / columns,
            **_load(random_, 1.0),
        }
    for i, (name, short) in enumerate(DEPARTMENTS[:departments]):
        units[f"H29.S{i + 1:02}"] = {
            "name": name,
            "short": short,
            "kind": "department",
            "parent": "H29",
            "x": None,
            "y": None,
            **_load(random_, 2.5),
        }
    return units


def _load(random_: random.Random, size: float) -> dict[str, Any]:
    open_ = int(random_.lognormvariate(6.0, 0.7) * size)
    trouble = random_.random()
    share = 0.03 if trouble > 0.965 else 0.011 if trouble > 0.87 else 0.0012
    overdue = sum(random_.random() < share for _ in range(open_))
    finished = int(random_.lognormvariate(5.6, 0.9) * size)
    rate = min(100.0, 99.5 - 330.0 * overdue / max(open_, 1) - random_.random() * 1.3)
    if random_.random() < 0.04:
        finished = random_.randrange(0, 20)
    late = round(finished * (100.0 - rate) / 100.0)
    return {
        "open": open_,
        "due_soon": int(open_ * random_.uniform(0.02, 0.05)),
        "overdue": overdue,
        "rate": 100.0 * (finished - late) / finished if finished else None,
        "rate_window": "month",
        "finished": finished,
        "received": int(finished * random_.uniform(0.95, 1.08)),
        "change": random_.choice((-2, -1, 0, 0, 0, 1, 1, 3)) if overdue else 0,
    }


def _spark(random_: random.Random, value: float, spread: float) -> list[float]:
    values = [value]
    for _ in range(47):
        values.append(max(0.0, values[-1] - random_.gauss(0, spread)))
    return [round(v, 3) for v in reversed(values)]


def _figure(random_: random.Random, value: int, previous: int | None) -> dict[str, Any]:
    spread = max(0.5, value * 0.01)
    return {
        "value": value,
        "previous": previous,
        "spark": _spark(random_, value, spread),
    }


def _trend(random_: random.Random, now: int, overdue: int) -> dict[str, Any]:
    start = now - 48 * STEP_MS
    received: list[int] = []
    finished: list[int] = []
    backlog: list[int | None] = []
    for i in range(48):
        hour = ((start + i * STEP_MS) / 3_600_000 + 7) % 24
        inflow = 560 * math.exp(-(((hour - 9) / 1.6) ** 2)) + 430 * math.exp(
            -(((hour - 14.5) / 1.5) ** 2)
        )
        outflow = 430 * math.exp(-(((hour - 10.5) / 1.5) ** 2)) + 520 * math.exp(
            -(((hour - 15.8) / 1.3) ** 2)
        )
        received.append(round(inflow + 14 * random_.random() + 6))
        finished.append(round(outflow + 8 * random_.random()))
        backlog.append(round(overdue * (0.93 + 0.0015 * i) + 3 * random_.random()))
    backlog[-1] = overdue
    return {
        "from": start,
        "step_ms": STEP_MS,
        "received": received,
        "finished": finished,
        "overdue": backlog,
    }


def _act(random_: random.Random, units: dict[str, dict[str, Any]], now: int) -> dict[str, Any]:
    worst = sorted(units, key=lambda key: -units[key]["overdue"])[:8]
    share = {key: 100.0 * unit["overdue"] / max(1, unit["open"]) for key, unit in units.items()}
    return {
        "units": [
            {
                "id": key,
                "name": units[key]["name"],
                "overdue": units[key]["overdue"],
                "rate": units[key]["rate"],
                "share": share[key],
                "change": units[key]["change"],
            }
            for key in worst
        ],
        "officers": [
            {
                "id": f"o{i}",
                "label": INITIALS[i % len(INITIALS)],
                "unit": key,
                "overdue": max(1, units[key]["overdue"] // 2),
                "share": min(100.0, share[key] * 3),
            }
            for i, key in enumerate(worst)
        ],
        "breaches": [
            {
                "alert_id": f"a{i}",
                "dossier_id": f"{worst[i % len(worst)]}-2611{10 + i}-{random_.randrange(9999):04}",
                "unit": worst[i % len(worst)],
                "unit_short": units[worst[i % len(worst)]]["short"],
                "officer": INITIALS[(i * 3) % len(INITIALS)],
                "step": STEPS[i % len(STEPS)],
                "due_at": now - i * 97_000,
            }
            for i in range(8 if worst else 0)
        ],
    }


def make_state(
    *,
    wards: int = 168,
    departments: int = 12,
    mode: str = "live",
    seed: int = 7,
    now: int = NOON,
    clock_speed: float = 1.0,
) -> dict[str, Any]:
    """A whole feed state. ``now``: data time in epoch ms."""
    random_ = random.Random(seed)
    units = _units(random_, wards, departments)
    totals = {k: sum(u[k] for u in units.values()) for k in ("open", "due_soon", "overdue")}
    finished = sum(u["finished"] for u in units.values())
    late = sum(round(u["finished"] * (1 - (u["rate"] or 100.0) / 100.0)) for u in units.values())
    rate = 100.0 * (finished - late) / finished if finished else None
    return {
        "mode": mode,
        "timeline": "t-1",
        "title": "Trung tâm giám sát, điều hành thông minh · Thành phố Sông Vàm",
        "timezone": "Asia/Ho_Chi_Minh",
        "release": "0.1.0",
        "watermark": now,
        "tick_age_ms": 400,
        "clock_speed": clock_speed,
        "figures": {
            "open": _figure(random_, totals["open"], int(totals["open"] * 0.988)),
            "due_soon": _figure(random_, totals["due_soon"], totals["due_soon"] + 214),
            "overdue": _figure(random_, totals["overdue"], totals["overdue"] - 23),
            "on_time_rate": {
                "value": rate,
                "window": "month",
                "target": TARGET,
                "previous": None if rate is None else rate + 0.12,  # percent points
                "spark": _spark(random_, rate or 0.0, 0.06),
                "finished": finished,
                "late": late,
            },
            "late_receptions": _figure(random_, 41, 41),
        },
        "units": units,
        "act": _act(random_, units, now),
        "trend": _trend(random_, now, totals["overdue"]),
        "data": {
            "sources": [
                {"id": f"s{i}", "age_ms": 42_000 - i * 90, "fresh": True} for i in range(171)
            ],
            "dead_letters": 3,
            "flagged": 12,
            "duplicates": 57,
            "lag": 0,
            "checked": {"at": now - 1_200_000, "equal": True},
        },
        "options": {"officer_names": "initials", "minimum_volume": 20},
    }
