"""What a file or a row turned out to be, and against what it is held."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from dossiers.publication.manifest import ListManifest
from dossiers.wire.publications import PublishedFile

MOST_BYTES = 200 * 2**20  # of a file that is tried
Read = Callable[[str], bytes | None]  # a published file by its SHA-256, None if it is not at hand
Signatures = Callable[[bytes, bytes], Sequence[str]]  # published, signed: what there is to say


def _nothing(digest: str) -> bytes | None:
    del digest
    return None


class KnownLists(NamedTuple):
    """``manifests``: of everything published. ``read``: so that what differs can be told.
    ``signatures``: what a signed PDF's signatures say; raises ValueError if one does not hold."""

    manifests: tuple[ListManifest, ...]
    read: Read = _nothing
    signatures: Signatures | None = None

    def files(self) -> Iterator[tuple[ListManifest, PublishedFile]]:
        """Every published file, with the edition that it is of."""
        for manifest in self.manifests:
            for file in manifest.files:
                yield manifest, file

    def latest(self, list_: str) -> int:
        """The newest edition of a list."""
        return max((m.edition for m in self.manifests if m.list == list_), default=0)


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """``genuine``: it is what was published. ``what``: a sentence. ``list``, ``edition``: which, ""
    and 0 if that cannot be told; ``file``: name of the published file; ``core``: SHA-256 of the
    list; ``approved``, ``published``: numbers of the records. ``differences``: what is not as it
    was published; ``notes``: what else there is to know."""

    genuine: bool
    what: str
    list: str = ""
    edition: int = 0
    file: str = ""
    core: str = ""
    approved: int = 0
    published: int = 0
    differences: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def title(manifest: ListManifest) -> str:
    """A list as sentences name it: the list of 10/2026, edition 2."""
    month, _, unit = manifest.list.partition("~")
    year, _, number = month.partition("-")
    of = f"the list of {number}/{year}"
    if unit:
        of += f" of {unit}"
    return of if manifest.edition == 1 else f"{of}, edition {manifest.edition}"


def proof_of(
    known: KnownLists, manifest: ListManifest, what: str, file: str = "", notes: Sequence[str] = ()
) -> Proof:
    """That something is of this edition."""
    return _placed(manifest, genuine=True, what=what, file=file, notes=(
        *notes, *_standing(known, manifest)))  # fmt: skip


def refusal(
    manifest: ListManifest, what: str, differences: Sequence[str] = (), file: str = ""
) -> Proof:
    """That something says to be of this edition, and is not what was published."""
    return _placed(manifest, genuine=False, what=what, file=file, differences=tuple(differences))


def _placed(manifest: ListManifest, **told: object) -> Proof:
    return msgspec.convert(
        {
            "list": manifest.list, "edition": manifest.edition, "core": manifest.core,
            "approved": manifest.approved.number, "published": manifest.published.number, **told,
        },
        Proof,
    )  # fmt: skip


def _standing(known: KnownLists, manifest: ListManifest) -> Iterator[str]:
    """What became of the edition since."""
    newest = known.latest(manifest.list)
    if newest > manifest.edition:
        yield f"Edition {newest} has corrected it since."
    if manifest.stage == "reduced":
        yield "Its names have had their time: this is the reduced list."
    if manifest.simulation:
        yield "It is of a simulation: no officer and no dossier in it is real."
