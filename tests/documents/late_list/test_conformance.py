"""Every kind of PDF is PDF/A-2a and PDF/UA-1, signed or not: veraPDF says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from documents.late_list import pdf as pdf_module
from documents.late_list.data import Corrected, Paper
from documents.late_list.pdf import pdfs_of
from documents.late_list.returned import signable
from dossiers.wire.late_lists import Envelope
from tests.documents.late_list.papers import paper_of, with_excluded
from tests.documents.late_list.signing import authority, signed
from tests.documents.late_list.test_pdf import HOSTILE, hostile
from tests.dossiers.publication.made_lists import large_list, small_list
from tests.support.verapdf import complaints


def papers() -> dict[str, Paper]:
    """One of each kind."""
    small = small_list()
    old = Corrected(
        core=small.core, rows=small.rows, document_no="214/TB-VP", dated="2026-11-13", why="Sai"
    )
    return {
        "published": paper_of(with_excluded(small)),
        "draft": paper_of(small_list(simulation=True), approved=0, envelope=Envelope()),
        "corrected": paper_of(small_list(edition=2), corrects=old),
        "hostile": paper_of(hostile(" ".join(HOSTILE))),
    }


def test_every_pdf_is_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = {name: next(pdfs_of(paper)).content for name, paper in papers().items()}
    monkeypatch.setattr(pdf_module, "MOST_ROWS", 30)
    parts = pdfs_of(paper_of(large_list(60, officers=20, units=4)))
    made |= {f"part{part.suffix}": part.content for part in parts}
    once = signed(signable(made["published"]), authority("Gốc"))
    made |= {"signed": once, "signed-twice": signed(once, authority("Gốc khác"), "VanThu")}
    assert not complaints(made, tmp_path)


def test_what_is_not_is_told(tmp_path: Path) -> None:
    """Signed without the newline: a signature's objects begin within the last line."""
    [made] = pdfs_of(paper_of(small_list()))
    found = complaints({"bad": signed(made.content, authority("Gốc"))}, tmp_path)
    assert any("bad.pdf 2a" in line for line in found)
