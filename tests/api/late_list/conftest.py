"""Documents and lists are made in this process: children would cost seconds in each test."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from api.publications import listing, papers
from api.publications.listing_child import ListAsked, MadeList, made
from documents.late_list.data import Paper
from dossiers.wire.publications import PublishedFile


async def _in_child(asked: ListAsked) -> MadeList:
    return made(asked)


async def _make_files(paper: Paper, folder: Path, _forms: object) -> tuple[PublishedFile, ...]:
    """One PDF and one JSON that say which list they are of."""
    found = []
    for name, media in (("danh-sach.pdf", "application/pdf"), ("danh-sach.json", "text/plain")):
        content = f"{media} {paper.sha256} {paper.approved} {paper.envelope.document_no}".encode()
        (folder / name).write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        found.append(PublishedFile(name=name, media=media, sha256=digest, size=len(content)))
    return tuple(found)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "_in_child", _in_child)
    monkeypatch.setattr(papers, "make_files", _make_files)
