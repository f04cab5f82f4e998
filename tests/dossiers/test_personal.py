"""What of a text may be a citizen's is found where it stands; what officials write is not."""

from __future__ import annotations

import pytest

from dossiers.text.personal import PersonalMark, personal_marks


@pytest.mark.parametrize(
    ("text", "kind", "first", "last"),
    [
        ("gọi 0912.345.678 nhé", "telephone", 5, 16),
        ("+84 912 345 678", "telephone", 1, 15),
        ("(84) 24 3825 1234", "telephone", 1, 17),
        ("SĐT0912345678", "telephone", 4, 13),
        ("０９１２３４５６７８", "telephone", 1, 10),
        ("091\u200b2345678", "telephone", 1, 11),
        ("CCCD 079203001234", "identity", 6, 17),
        ("CMND 123 456 789", "identity", 6, 16),
        ("hộ chiếu C12345678", "identity", 10, 18),
        ("thư về an.nguyen@minhhoa.example ạ", "mail", 8, 32),
        ("an (at) minhhoa.example", "mail", 1, 23),
    ],
)
def test_found_where_it_stands(text: str, kind: str, first: int, last: int) -> None:
    assert personal_marks(text) == [PersonalMark(kind, 1, first, last)]  # type: ignore[arg-type]


def test_the_line_is_told() -> None:
    marks = personal_marks("Đã xin lỗi.\nGọi 0912345678 hoặc 079203001234.")
    assert [(mark.kind, mark.line) for mark in marks] == [("telephone", 2), ("identity", 2)]


@pytest.mark.parametrize(
    "text",
    [
        "Hồ sơ 000.00.19.H29-261001-0001 và H29.168-261119-0412 chờ Sở Xây dựng trả lời.",
        "Từ 09.11.2026 10 giờ 30 đến 12/11/2026",
        "Quyết định 1234/QĐ-UBND ngày 5/11/2026, lệ phí 150.000.000 đồng",
        "Thủ tục 1.004194, bước 3, quá hạn 26 giờ làm việc",
    ],
)
def test_what_officials_write_passes(text: str) -> None:
    assert personal_marks(text) == []


def test_a_long_text_costs_little() -> None:
    """Nothing in it makes the search go back and forth."""
    assert personal_marks("a" * 2_000 + "(at)" + "0 " * 4_000) != []
