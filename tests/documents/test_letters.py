"""Letters about a dossier: texts are data, and the PDFs are what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from documents.letters.apology import apology_pdf
from documents.letters.making import letter_file
from documents.letters.slip import slip_docx, slip_pdf
from documents.letters.told import Apology, ControlSlip, Handover
from tests.documents.late_list.papers import pages_of
from tests.documents.late_list.test_pdf import HOSTILE
from tests.support.verapdf import complaints

AT = 1_790_000_000_000


def slip(words: str, count: int = 2) -> ControlSlip:
    step = Handover(
        giver=words, taker=words, step=words, taken="08:30 02/10/2026", given="", limit="16",
        used="20,5", result="Quá hạn", note=words,
    )  # fmt: skip
    return ControlSlip(
        dossier="H99-1", unit=words, facts=(("Mã hồ sơ", words),), handovers=(step,) * count,
        verdict=words, as_of="Số liệu lúc 08:30", at=AT, mark="MÔ PHỎNG",
    )  # fmt: skip


def apology(words: str) -> Apology:
    return Apology(
        dossier="H99-1", procedure=words, unit=words, received="08 giờ", due="17 giờ",
        late="2 giờ làm việc", at=AT,
    )  # fmt: skip


def test_every_letter_is_accessible_and_archivable(tmp_path: Path) -> None:
    words = " ".join(HOSTILE)
    made = {"slip": slip_pdf(slip(words)), "letter": apology_pdf(apology(words))}
    made["long"] = slip_pdf(slip("Phòng Quản lý xây dựng", 60))
    assert not complaints(made, tmp_path)
    pages = pages_of(made["long"])
    assert len(pages) > 2
    assert all("MÔ PHỎNG" in page and "Bên giao" in page for page in pages[:-1])


@pytest.mark.asyncio
async def test_a_process_of_its_own_makes_the_same() -> None:
    told = slip("Sở Xây dựng")
    assert await letter_file(told, "pdf") == slip_pdf(told)
    assert await letter_file(told, "docx") == slip_docx(told)
