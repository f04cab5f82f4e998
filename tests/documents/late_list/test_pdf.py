"""The list as PDF: what stands on its pages, and what never does."""

from __future__ import annotations

import unicodedata

import pytest

from documents.late_list import pdf as pdf_module
from documents.late_list.data import Corrected, Paper
from documents.late_list.notice import hash_text
from documents.late_list.pdf import pdfs_of
from documents.typeset.fonts import word_width
from documents.typeset.texts import breakable
from dossiers.publication.listing import reduced_of
from dossiers.publication.sealing import SECRET_BYTES
from tests.documents.late_list.papers import ENVELOPE, RECORD, pages_of, paper_of, with_excluded
from tests.dossiers.publication.made_lists import (
    BUILDING,
    KIEN,
    PARENTS,
    PEOPLE,
    SMALL_TOTALS,
    UNITS,
    MadeList,
    large_list,
    late,
    made_list,
    small_dossiers,
    small_list,
    small_receptions,
)
from tests.dossiers.publication.made_lists import charge as charged


@pytest.fixture(scope="module")
def pages() -> list[str]:
    [made] = pdfs_of(paper_of(with_excluded(small_list())))
    return pages_of(made.content)


def test_the_notice_says_who_what_when_and_how_many(pages: list[str]) -> None:
    notice = pages[0]
    for words in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "Số: 214/TB-VP",
        "Minh Hòa, ngày 13 tháng 11 năm 2026", "THÔNG BÁO", "tháng 10 năm 2026",
        "chốt lúc 07 giờ 30 phút ngày 02 tháng 11 năm 2026",
        "là 220, trong đó 12 hồ sơ quá hạn (5,45%), gồm 8 hồ sơ đã giải quyết và 4",
        "Nơi nhận:", "Đinh Quang Vinh",
    ):  # fmt: skip
        assert words in notice, words


def test_every_page_but_the_first_has_its_number(pages: list[str]) -> None:
    assert [page.split()[0] for page in pages[1:]] == [str(n) for n in range(2, len(pages) + 1)]
    assert not pages[0].startswith("1 ")


def test_what_proves_it_stands_on_it(pages: list[str]) -> None:
    paper = paper_of(with_excluded(small_list()))
    assert hash_text(paper.sha256) in pages[0]
    assert f"bản ghi phê duyệt số {RECORD}" in pages[0]
    assert "tính trễ slack 1" in pages[0]


def test_each_annex_has_its_rows(pages: list[str]) -> None:
    annexes = {
        page.split("Phụ lục ")[1].split()[0]: page for page in pages[1:] if "Phụ lục" in page
    }
    assert "Trần Văn Kiên Chuyên viên chính" in annexes["I"]
    assert "Phòng Tư pháp - Hộ tịch 30" in annexes["II"]
    assert "H99-2001" in annexes["III"]
    assert "Đã nêu ở danh sách tháng 9/2026" in " ".join(pages)
    assert "H99-1005" in annexes["IV"]
    assert "H99-2009" in annexes["V"]
    assert "Mất kết nối từ 05/10 đến 07/10" in annexes["VI"]
    assert "mot-cua" in annexes["VII"]


def test_the_same_list_gives_the_same_bytes() -> None:
    first, second = (list(pdfs_of(paper_of(small_list()))) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("simulation", "approved", "mark"),
    [(True, RECORD, "MÔ PHỎNG"), (False, 0, "BẢN NHÁP"), (True, 0, "MÔ PHỎNG · BẢN NHÁP")],
)
def test_what_is_no_publication_says_so_on_every_page(
    simulation: bool, approved: int, mark: str
) -> None:
    [made] = pdfs_of(paper_of(small_list(simulation=simulation), approved=approved))
    assert all(mark in page for page in pages_of(made.content))


def test_a_publication_says_no_such_thing(pages: list[str]) -> None:
    assert not any("BẢN NHÁP" in page or "MÔ PHỎNG" in page for page in pages)


HOSTILE = (
    "#eval(\"1\") $x^2$ *đậm* _nghiêng_ @nhãn <b> = tiêu đề \\ `mã` // ghi chú #include \"a.typ\"",
    unicodedata.normalize("NFD", "Nguyễn Thị Hường"),
    "W" * 300,
    "Z" + "\u0301" * 200 + "algo",
    "\u202eđảo ngược\u202c שלום مرحبا 漢字 \U0001f600",
    "{{ 7*7 }} {% raw %}",
    "=1+1",
)  # fmt: skip


def hostile(words: str) -> MadeList:
    units = {**UNITS, BUILDING: words}
    people = {**PEOPLE, KIEN: (words, words)}
    return made_list(small_dossiers(), small_receptions(), SMALL_TOTALS, PARENTS, units, people)


@pytest.mark.parametrize("words", HOSTILE)
def test_texts_are_data(words: str) -> None:
    made = hostile(words)
    envelope = type(ENVELOPE)(document_no=words[:100], issuer=words, agency=(words,), signer=words)
    [pdf] = pdfs_of(paper_of(made, envelope=envelope))
    text = " ".join(pages_of(pdf.content))
    kept = [word for word in unicodedata.normalize("NFC", words).split() if word.isascii()]
    assert all(word.replace("-", "") in text.replace("-", "").replace(" ", "") for word in kept)
    assert "Trương Văn Ý" in text


def test_a_composed_name_reads_as_it_is_written() -> None:
    [pdf] = pdfs_of(paper_of(hostile(HOSTILE[1])))
    assert "Nguyễn Thị Hường" in " ".join(pages_of(pdf.content))


def test_long_annexes_are_files_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_module, "MOST_ROWS", 40)
    made = list(pdfs_of(paper_of(large_list(100, officers=20, units=4))))
    assert [each.suffix for each in made] == [
        "", "-phu-luc-3-phan-1", "-phu-luc-3-phan-2", "-phu-luc-3-phan-3",
    ]  # fmt: skip
    texts = [" ".join(pages_of(each.content)) for each in made]
    found = [text.count("H99-00") for text in texts]
    assert found == [0, 40, 40, 20]
    assert all("SHA-256 của bản JSON chuẩn" in text for text in texts)
    assert "Phụ lục III (phần 2/3)" in texts[2]


def test_a_correction_cites_the_old_one_and_lists_what_changed() -> None:
    old = small_list()
    rows = tuple(row for row in small_dossiers() if row.dossier != "H99-2003")
    more = late("H99-2008", charged(BUILDING, "cb-tuan", 3_600_000))
    new = made_list(
        (*rows, more), small_receptions(), SMALL_TOTALS, PARENTS, UNITS, PEOPLE, edition=2
    )
    corrects = Corrected(
        core=old.core, rows=old.rows, document_no="214/TB-VP", dated="2026-11-13", why="Sai nguồn"
    )
    [made] = pdfs_of(paper_of(new, corrects=corrects))
    pages = pages_of(made.content)
    assert "đính chính và thay thế số liệu của Thông báo số 214/TB-VP" in pages[0]
    assert hash_text(corrects.sha256) in pages[0]
    assert "Phụ lục I NỘI DUNG ĐÍNH CHÍNH" in pages[1]
    changed = " ".join(pages[1:3])
    assert "H99-2003 Trễ 5,7 ngày (Trần Văn Kiên 5,7) Không có" in changed
    assert "H99-2008 Không có Trễ 0,1 ngày" in changed
    assert "H99-2001" not in changed


def test_names_are_printed_by_the_policy() -> None:
    [made] = pdfs_of(paper_of(small_list(names="none"), sheet=None))
    text = " ".join(pages_of(made.content))
    assert not any(name in text for name, _ in PEOPLE.values())
    assert "CÁN BỘ, CÔNG CHỨC, VIÊN CHỨC CÓ HỒ SƠ QUÁ HẠN" not in text


def test_a_month_without_lates_says_so() -> None:
    empty = made_list((), (), type(SMALL_TOTALS)(0, {}, {}), {}, {}, {}, arriving=())
    [made] = pdfs_of(paper_of(empty))
    assert "không có hồ sơ quá hạn" in " ".join(pages_of(made.content))


def test_a_word_is_broken_where_its_cell_ends_and_no_other_is() -> None:
    assert breakable("Nguyễn Không", 3.5) == "Nguyễn Không"
    broken = breakable("W" * 30, 5.0)
    assert broken.replace("\u200b", "") == "W" * 30
    assert max(map(word_width, broken.split("\u200b"))) <= 5.0
    assert breakable("H29.168-261012-0004", 6.0).split("\u200b") == [
        "H29.", "168-", "261012-", "0004",
    ]  # fmt: skip


def test_one_without_its_people_says_why() -> None:
    small = small_list()
    found = reduced_of(small.core, small.rows, bytes(SECRET_BYTES))
    assert found.sheet is None
    paper = Paper(core=found.core, rows=found.rows, sheet=None, envelope=ENVELOPE, approved=RECORD)
    [made] = pdfs_of(paper)
    text = " ".join(pages_of(made.content))
    assert "họ tên, chức vụ đã hết thời hạn công khai" in text
    assert "12 hồ sơ quá hạn (5,45%)" in text
    assert not any(name in text for name, _ in PEOPLE.values())
