"""What anybody needs to prove, offline, that a file or a row is what was published.

The **manifest** of a published edition names its files and its rows by their hashes alone, so it
says nothing about a person and stays when rows and names are erased. It is downloaded beside the
files. It is made of the record that published them and of the list's core; nothing else is in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

from dossiers.text.canonical import canonical_json
from dossiers.wire.late_lists import ListCore, Sha256, Stage
from dossiers.wire.publications import Files, ListId, Published, PublishedFile, Reduced, Signed
from dossiers.wire.reading import Json, decoder

MANIFEST_FORMAT = "dunghen-late-list-manifest-1"
_PLAIN = re.compile(r"[^a-z0-9]+")
_MOST_STEM = 60  # characters; names of files have at most 100


class RecordPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A record of topic publications. ``number``: in the chain; ``sha256``: of its bytes."""

    number: int
    sha256: Sha256


class ListManifest(msgspec.Struct, frozen=True, kw_only=True):
    """``list``, ``edition``: which. ``core``: SHA-256 of the list's canonical JSON, which every
    file prints beside the number of ``approved``, the record that approved it. ``published``: the
    record that names the files; of a reduced list, the one that reduced it. ``cites``: hash of the
    record that published what this corrects. ``frozen``, ``sheet``: SHA-256 of the frozen core and
    of the name sheet, "" for none. ``signed``: files that came back signed; each begins with a file
    of the same list. The last four: hashes of the rows, in their order in the list."""

    format: Literal["dunghen-late-list-manifest-1"] = MANIFEST_FORMAT  # type: ignore[assignment]
    stage: Stage
    simulation: bool
    list: ListId
    edition: int
    core: Sha256
    frozen: str
    sheet: str
    approved: RecordPlace
    published: RecordPlace
    cites: str
    document_no: str
    dated: str
    files: Files
    signed: tuple[PublishedFile, ...] = ()
    officers: tuple[Sha256, ...]
    dossiers: tuple[Sha256, ...]
    receptions: tuple[Sha256, ...]
    excluded: tuple[Sha256, ...]


_read: Callable[[Json], ListManifest] = decoder(ListManifest)


def manifest_of(
    core: ListCore,
    digest: str,
    approved: RecordPlace,
    published: RecordPlace,
    record: Published,
    signed: Iterable[Signed] = (),
    reduced: Reduced | None = None,
) -> ListManifest:
    """Of an edition. ``digest``: SHA-256 of ``core``. ``record``: what published it, at the place
    ``published``. ``reduced``: if its names have had their time; ``core`` and ``published`` are of
    that then."""
    return ListManifest(
        stage=core.stage,
        simulation=core.simulation,
        list=core.id,
        edition=core.edition,
        core=digest,
        frozen=core.frozen,
        sheet=core.sheet,
        approved=approved,
        published=published,
        cites=core.cites,
        document_no=record.document_no,
        dated=record.dated,
        files=record.files if reduced is None else reduced.files,
        signed=tuple(each.file for each in signed) if reduced is None else (),
        officers=core.officers,
        dossiers=core.dossiers,
        receptions=core.receptions,
        excluded=core.excluded,
    )


def manifest_json(manifest: ListManifest) -> bytes:
    """As it is downloaded: canonical JSON."""
    return canonical_json(manifest)


def read_manifest(body: bytes) -> ListManifest:
    """What ``manifest_json`` made; raises as every decoder does."""
    return _read(body)


def file_stem(list_: str, edition: int) -> str:
    """What stands in the names of an edition's files: 2026-10, 2026-10-h29-168 of a unit, and
    2026-10-dinh-chinh-1 of the first correction."""
    plain = _PLAIN.sub("-", list_.lower()).strip("-")[:_MOST_STEM].rstrip("-")
    return plain if edition == 1 else f"{plain}-dinh-chinh-{edition - 1}"


def manifest_name(list_: str, edition: int) -> str:
    """Of the file: kiem-chung-2026-10.json."""
    return f"kiem-chung-{file_stem(list_, edition)}.json"
