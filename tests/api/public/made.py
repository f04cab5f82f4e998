"""Lists that were published, without a topic: records as the fold would hold them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import msgspec

from api.public.published import Catalogue, PublishedEdition, catalogue_of
from dossiers.publication.manifest import RecordPlace
from dossiers.text.canonical import canonical_json, sha256_of
from dossiers.wire.late_lists import ListCore, ListRows, NameSheet
from dossiers.wire.publications import ListSubmitted, Published, PublishedFile, Reduced, Signed
from tests.dossiers.publication.made_lists import MadeList

AnyFile = TypeVar("AnyFile", ListCore, ListRows, NameSheet)
SHA = "ab" * 32
BASE = 1_793_500_000_000  # ms: November 2026
PDF = b"%PDF-1.7\nthe notice\n%%EOF"


def as_json(made: MadeList) -> bytes:
    return canonical_json(
        {"list": made.core, "rows": made.rows, "names": made.sheet if made.core.sheet else None}
    )


@dataclass
class MadeFiles:
    """Blobs in memory."""

    blobs: dict[str, bytes] = field(default_factory=dict)

    def put(self, content: bytes) -> str:
        digest = sha256_of(content)
        self.blobs[digest] = content
        return digest

    async def core(self, digest: str) -> ListCore | None:
        return self._decoded(digest, ListCore)

    async def rows(self, digest: str) -> ListRows | None:
        return self._decoded(digest, ListRows)

    async def sheet(self, digest: str) -> NameSheet | None:
        return self._decoded(digest, NameSheet)

    async def content(self, digest: str) -> bytes | None:
        return self.blobs.get(digest)

    def _decoded(self, digest: str, kind: type[AnyFile]) -> AnyFile | None:
        content = self.blobs.get(digest)
        return None if content is None else msgspec.json.decode(content, type=kind)


@dataclass
class MadeShelf:
    """What was published, and its files. ``drafts`` are in the files alone."""

    files: MadeFiles = field(default_factory=MadeFiles)
    editions: list[PublishedEdition] = field(default_factory=list)

    @property
    def catalogue(self) -> Catalogue:
        return catalogue_of(self.editions)

    def publish(
        self,
        made: MadeList,
        *,
        document_no: str = "210/TB-VP",
        dated: str = "2026-11-13",
        more: Iterable[tuple[str, str, bytes]] = (),
    ) -> PublishedEdition:
        number = 10 * (len(self.editions) + 1)
        stem = made.core.id if made.core.edition == 1 else f"{made.core.id}-dinh-chinh"
        contents = (
            (f"danh-sach-tre-han-{stem}.pdf", "application/pdf", PDF + stem.encode()),
            (f"danh-sach-tre-han-{stem}.xlsx", "application/vnd.ms-excel", b"PK" + stem.encode()),
            (f"danh-sach-tre-han-{stem}-can-bo.csv", "text/csv; charset=utf-8", stem.encode()),
            (f"danh-sach-tre-han-{stem}.json", "application/json", as_json(made)),
            *more,
        )
        files = tuple(
            PublishedFile(name=name, media=media, sha256=self.files.put(body), size=len(body))
            for name, media, body in contents
        )
        core, rows, sheet = (self.files.put(canonical_json(each)) for each in made[:3])
        common: dict[str, Any] = {
            "before": SHA, "list": made.core.id, "edition": made.core.edition, "at": BASE + number,
            "written_at": BASE + number, "by": "a person", "capacity": "leader",
        }  # fmt: skip
        edition = PublishedEdition(
            list=made.core.id,
            edition=made.core.edition,
            submitted=ListSubmitted(
                number=number + 1, request="s", core=core, rows=rows, sheet=sheet, **common
            ),
            approved=RecordPlace(number=number + 2, sha256="cd" * 32),
            record=Published(
                number=number + 3, request="p", core=core, envelope=SHA, document_no=document_no,
                dated=dated, files=files, **common,
            ),
            place=RecordPlace(number=number + 3, sha256=f"{number:064x}"),
        )  # fmt: skip
        self.editions.append(edition)
        return edition

    def sign(self, edition: PublishedEdition, content: bytes) -> None:
        """A signed document comes back."""
        name = "danh-sach-tre-han-2026-10-da-ky.pdf"
        file = PublishedFile(
            name=name, media="application/pdf", sha256=self.files.put(content), size=len(content)
        )
        signed = Signed(
            number=90, before=SHA, request="g", list=edition.list, edition=edition.edition,
            at=BASE + 90, written_at=BASE, by="a person", capacity="leader", file=file,
            of=edition.record.files[0].name, certificate=SHA, trusted=True,
        )  # fmt: skip
        self._swap(edition, replace(edition, signed=(*edition.signed, signed)))

    def reduce(self, edition: PublishedEdition, made: MadeList) -> None:
        """Names have had their time: ``made`` takes the place of what had them."""
        core, rows = (self.files.put(canonical_json(each)) for each in made[:2])
        name, body = "danh-sach-tre-han-2026-10-rut-gon.json", as_json(made)
        file = PublishedFile(
            name=name, media="application/json", sha256=self.files.put(body), size=len(body)
        )
        erased = tuple(each.sha256 for each in edition.record.files)
        for digest in (*erased, edition.submitted.rows, edition.submitted.sheet):
            del self.files.blobs[digest]
        reduced = Reduced(
            number=95, before=SHA, request="r", list=edition.list, edition=edition.edition,
            at=BASE + 95, written_at=BASE, by="system", capacity="system", cites=SHA, core=core,
            rows=rows, files=(file,), erased=erased,
        )  # fmt: skip
        place = RecordPlace(number=95, sha256="ef" * 32)
        self._swap(edition, replace(edition, reduced=reduced, reduced_place=place))

    def _swap(self, old: PublishedEdition, new: PublishedEdition) -> None:
        self.editions[self.editions.index(old)] = new
