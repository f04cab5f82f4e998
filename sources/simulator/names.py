"""Invented names of communes and officers. Any likeness is chance; there are no citizens here."""

from __future__ import annotations

from itertools import product
from random import Random

_FIRST = (
    "An",
    "Bình",
    "Tân",
    "Phú",
    "Long",
    "Thành",
    "Vĩnh",
    "Đông",
    "Mỹ",
    "Hưng",
    "Thạnh",
    "Kim",
    "Xuân",
    "Sơn",
    "Hòa",
    "Trường",
    "Thanh",
    "Phước",
)
_SECOND = (
    "An",
    "Bình",
    "Hòa",
    "Phú",
    "Lợi",
    "Hưng",
    "Thạnh",
    "Sơn",
    "Xuân",
    "Khê",
    "Lộc",
    "Trung",
    "Hải",
    "Giang",
    "Mai",
    "Phong",
    "Thủy",
    "Lâm",
    "Điền",
    "Hội",
)
_FAMILY = (
    ("Nguyễn", 38),
    ("Trần", 12),
    ("Lê", 10),
    ("Phạm", 7),
    ("Hoàng", 5),
    ("Phan", 5),
    ("Vũ", 4),
    ("Đặng", 3),
    ("Bùi", 3),
    ("Đỗ", 3),
    ("Hồ", 2),
    ("Ngô", 2),
    ("Dương", 2),
    ("Lý", 1),
    ("Đinh", 1),
    ("Trịnh", 1),
)
_MIDDLE = (
    "Thị",
    "Văn",
    "Minh",
    "Thanh",
    "Ngọc",
    "Hữu",
    "Quốc",
    "Thu",
    "Đức",
    "Xuân",
    "Kim",
    "Hồng",
)
_GIVEN = (
    "Anh",
    "Bảo",
    "Châu",
    "Dũng",
    "Giang",
    "Hà",
    "Hạnh",
    "Hiếu",
    "Hoa",
    "Hùng",
    "Hương",
    "Khánh",
    "Lan",
    "Linh",
    "Long",
    "Mai",
    "Nam",
    "Nga",
    "Oanh",
    "Phong",
    "Phương",
    "Quân",
    "Sơn",
    "Tâm",
    "Thảo",
    "Trang",
    "Trung",
    "Tuấn",
    "Vân",
    "Yến",
)


def commune_names(count: int, rng: Random) -> list[tuple[str, str]]:
    """(name, short name) of ``count`` communes, wards first; no short name comes twice."""
    stems = [f"{first} {second}" for first, second in product(_FIRST, _SECOND) if first != second]
    rng.shuffle(stems)
    while len(stems) < count:
        stems.append(f"{stems[len(stems) % 300]} {len(stems) // 300 + 1}")
    wards = round(count * 0.6)
    return [
        (f"{'Phường' if n < wards else 'Xã'} {stem}", f"{'P.' if n < wards else 'X.'} {stem}")
        for n, stem in enumerate(stems[:count])
    ]


def officer_name(rng: Random) -> str:
    """A random name of a person, as frequent as its parts are."""
    (family,) = rng.choices([name for name, _ in _FAMILY], [weight for _, weight in _FAMILY])
    return f"{family} {rng.choice(_MIDDLE)} {rng.choice(_GIVEN)}"
