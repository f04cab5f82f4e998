"""What a publication is made from, and as JSON."""

from __future__ import annotations

from typing import Literal

import msgspec

from dossiers.text.canonical import canonical_json, sha256_of
from dossiers.wire.late_lists import Envelope, ListCore, ListRows, NameSheet

Form = Literal["pdf", "docx", "xlsx", "csv", "json"]
FORMS: tuple[Form, ...] = ("pdf", "docx", "xlsx", "csv", "json")


class Corrected(msgspec.Struct, frozen=True, kw_only=True):
    """What a correction corrects: the list as it was published, number and date (ISO) of its
    document, and why it is corrected."""

    core: ListCore
    rows: ListRows
    document_no: str
    dated: str
    why: str = ""

    @property
    def sha256(self) -> str:
        """Of its core."""
        return sha256_of(canonical_json(self.core))


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """One list as it goes on paper. ``sheet``: None where names are not published or have had their
    time. ``approved``: number of the record that approved it; 0 for a draft. ``corrects``: from the
    second edition on."""

    core: ListCore
    rows: ListRows
    sheet: NameSheet | None
    envelope: Envelope
    approved: int = 0
    corrects: Corrected | None = None

    @property
    def sha256(self) -> str:
        """Of the core: what is approved, and printed on everything."""
        return sha256_of(canonical_json(self.core))


def json_of(paper: Paper) -> bytes:
    """Canonical JSON of {"list", "rows", "names"} (``dunghen schema`` has its JSON Schema)."""
    return canonical_json({"list": paper.core, "rows": paper.rows, "names": paper.sheet})
