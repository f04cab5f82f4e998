"""The draft that an office words."""

from __future__ import annotations

import io

import pytest
from docx import Document

from documents.late_list.docx import draft_docx
from documents.late_list.files import files_of
from tests.documents.late_list.papers import paper_of
from tests.documents.late_list.test_pdf import HOSTILE, hostile
from tests.dossiers.publication.made_lists import small_list


def text_of(content: bytes) -> str:
    made = Document(io.BytesIO(content))
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(line.text for line in made.paragraphs), *cells])


def test_it_has_the_notice_and_its_officers_and_says_that_it_is_a_draft() -> None:
    content = draft_docx(paper_of(small_list(), approved=0))
    text = text_of(content)
    for words in (
        "THÔNG BÁO", "trong đó 12 hồ sơ quá hạn (5,45%)", "Nơi nhận:", "Trần Văn Kiên", "4,88",
        "Phụ lục I", "SHA-256: ",
    ):  # fmt: skip
        assert words in text, words
    assert "{" not in text
    heads = [
        line.text for s in Document(io.BytesIO(content)).sections for line in s.header.paragraphs
    ]
    assert "BẢN NHÁP" in heads


def test_the_same_list_gives_the_same_bytes() -> None:
    paper = paper_of(small_list(), approved=0)
    assert draft_docx(paper) == draft_docx(paper)


@pytest.mark.parametrize("words", HOSTILE)
def test_texts_are_data(words: str) -> None:
    text = text_of(draft_docx(paper_of(hostile(words), approved=0)))
    assert "49" not in text.split("Văn phòng")[0]
    assert all(word in text for word in words.split() if word.isascii())


def test_what_is_published_has_none() -> None:
    small = small_list()
    names = {file.name.rpartition(".")[2] for file in files_of(paper_of(small))}
    assert names == {"pdf", "xlsx", "csv", "json"}
    assert any(file.name.endswith("-nhap.docx") for file in files_of(paper_of(small, approved=0)))
