"""A small list as it was published: its files, and the manifest that proves them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import msgspec

from documents.cells import BOM, csv_lines
from documents.tables import Column, Sheet
from documents.workbook import write_workbook
from dossiers.publication.manifest import RecordPlace, manifest_of
from dossiers.publication.sealing import hashes_of, sealed
from dossiers.text.canonical import canonical_json, sha256_of
from dossiers.wire.late_lists import (
    Charge,
    Counts,
    Cut,
    Days,
    DossierLine,
    ListCore,
    ListRows,
    NameSheet,
    OfficerLine,
    OfficerName,
    Thresholds,
)
from dossiers.wire.publications import Published, PublishedFile
from dunghen.late_list.proof import KnownLists

SECRET = bytes(32)
PDF = b"%PDF-1.7\n" + b"a month of a small office\n" * 40 + b"%%EOF"


def counts(late: int) -> Counts:
    return Counts(total=40, late=late, done=late, open=0, zero=0, repeated=0, apologised=0,
                  late_receptions=0, unmatched=0)  # fmt: skip


def dossier(number: int) -> DossierLine:
    charge = Charge(unit="u1", officer="cb-1", step="s", amount=1000 * number)
    return DossierLine(
        dossier=f"H-{number}", procedure="p", unit="u1", received_at=1, due_at=2, finished_at=3,
        late=1000 * number, day=100, calendar="c", rules="r", step="s", charges=(charge,),
    )  # fmt: skip


class Month:
    """The list of one month with 20 dossiers, in every format. ``edition``: 2 corrects 1."""

    def __init__(self, month: str = "2026-10", edition: int = 1) -> None:
        officer = OfficerLine(unit="u1", officer="cb-1", counts=counts(20), days=Days())
        self.rows = ListRows(
            officers=(sealed(SECRET, "officers", officer),),
            dossiers=tuple(sealed(SECRET, "dossiers", dossier(n)) for n in range(1, 21)),
            receptions=(),
        )
        names = (OfficerName(officer="cb-1", name="Lê Thị Ước", position="Chuyên viên"),)
        self.sheet = NameSheet(salt="0" * 32, officers=names)
        self.core = ListCore(
            stage="list", simulation=False, id=month, month=month, scope="", edition=edition,
            timezone="Asia/Ho_Chi_Minh", start=1, end=2, as_of=2, watermark=3, since=0,
            timeline="t", cut=Cut(events=(1,), dead_letters=0, reference=0), reference="r",
            calendars=(), rules=(), method="m", thresholds=Thresholds(), frozen="f" * 64,
            sheet=sha256_of(canonical_json(self.sheet)), whole=counts(20), days=Days(), units=(),
            unit_names=(("u1", "Phòng Đất đai"),), procedure_names=(), step_names=(),
            officers=hashes_of(self.rows.officers), dossiers=hashes_of(self.rows.dossiers),
            receptions=(),
        )  # fmt: skip
        self.digest = sha256_of(canonical_json(self.core))
        name = f"danh-sach-tre-han-{month}"
        self.files = {
            f"{name}.pdf": PDF + month.encode() + bytes([edition]),
            f"{name}.json": self.json(),
            f"{name}-ho-so.csv": self.csv(),
            f"{name}.xlsx": self.xlsx(),
        }
        listed = tuple(
            PublishedFile(name=n, media="a/b", sha256=sha256_of(b), size=len(b))
            for n, b in self.files.items()
        )
        record = Published(
            number=6, before="a" * 64, request="r", list=month, edition=edition, at=1, written_at=1,
            by="boss", capacity="leader", core=self.digest, envelope="b" * 64,
            document_no="12/TB", dated="2026-11-05", files=listed,
        )  # fmt: skip
        place = RecordPlace(number=5, sha256="c" * 64), RecordPlace(number=6, sha256="d" * 64)
        self.manifest = manifest_of(self.core, self.digest, *place, record)

    def file(self, ending: str) -> bytes:
        (found,) = (body for name, body in self.files.items() if name.endswith(ending))
        return found

    def content(self) -> Any:
        """Its JSON, decoded, to be changed."""
        return msgspec.json.decode(self.json())

    def json(self) -> bytes:
        return canonical_json({"list": self.core, "rows": self.rows, "names": self.sheet})

    def table(self) -> list[list[str | int]]:
        return [[e.row.dossier, e.row.late] for e in self.rows.dossiers]

    def csv(self) -> bytes:
        lines: list[Sequence[object]] = [
            ["Mã hồ sơ", "Trễ"],
            *self.table(),
            [],
            [f"SHA-256 {self.digest}"],
        ]
        return (BOM + csv_lines(lines)).encode()

    def xlsx(self) -> bytes:
        out = io.BytesIO()
        columns = Column("Mã hồ sơ", "text", 20), Column("Trễ", "whole", 9)
        sheet = Sheet(name="Hồ sơ", columns=columns, notes=(f"SHA-256 {self.digest}",))
        write_workbook(out, [(sheet, self.table())], "Danh sách")
        return out.getvalue()


def known(*months: Month, at_hand: bool = True) -> KnownLists:
    """``at_hand``: whether the published files are, and not their manifests alone."""
    kept = {sha256_of(b): b for m in months for b in m.files.values()} if at_hand else {}
    return KnownLists(tuple(m.manifest for m in months), kept.get)
