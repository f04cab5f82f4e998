"""What files are held against: manifests from files, or those of everything that this installation
has published, made of topic publications and of the files that it names."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import msgspec

from api.desk.blobs import BlobStore
from broker.reading import read_all
from documents.late_list.returned import WhyNot, check_apart
from dossiers.errors import UserError
from dossiers.publication.editions import Edition
from dossiers.publication.manifest import ListManifest, RecordPlace, manifest_of, read_manifest
from dossiers.publication.state import Publications
from dossiers.wire.late_lists import ListCore
from dossiers.wire.reading import decoder, read_or_none
from dossiers.wire.topics import PUBLICATIONS
from dunghen.late_list.proof import KnownLists
from dunghen.settings.installation import Installation
from dunghen.texts.erasing import texts_folder

_MOST_MANIFEST = 64 * 2**20  # bytes
_read_core = decoder(ListCore)
_WHY: dict[WhyNot, str] = {
    "unsigned": "there is no signature in it",
    "changed": "more was changed than a signature changes",
    "broken": "a signature does not fit what it is of",
    "too_many": "it has more signatures than are looked at",
    "no_newline": "what was written behind the published bytes does not begin with one newline",
}


def known_files(paths: Sequence[Path]) -> KnownLists:
    """Manifests alone. Raises UserError."""
    return KnownLists(tuple(map(_manifest_in, paths)), signatures=partial(_signed, ()))


def known_here(installation: Installation) -> KnownLists:
    """Everything that was published here, with its files. Blocks. Raises UserError."""
    register = register_here(installation)
    blobs = BlobStore(texts_folder(installation))
    editions = [edition for list_ in register.lists.values() for edition in list_.editions]
    manifests = [made for edition in editions for made in manifests_of(edition, blobs)]
    signatures = partial(_signed, _roots(installation))
    return KnownLists(tuple(manifests), blobs.read, signatures)


def register_here(installation: Installation) -> Publications:
    """All lists of this installation, whatever timeline each is of. Blocks. Raises BrokerAway."""
    found = Publications()
    for message in read_all(installation.kafka, PUBLICATIONS):
        found.take(message.value() or b"")
    return found


def manifests_of(edition: Edition, blobs: BlobStore) -> Iterator[ListManifest]:
    """Of one edition: as it was published, and as it was reduced; what is older stays provable."""
    published, approved = edition.published, edition.approved
    if published is None or approved is None:
        return
    first = RecordPlace(number=approved.record.number, sha256=approved.hash)
    place = RecordPlace(number=published.record.number, sha256=published.hash)
    signed = [each.record for each in edition.signed]
    core = _core(blobs, published.record.core)
    if core is not None:
        digest = published.record.core
        yield manifest_of(core, digest, first, place, published.record, signed)
    reduced = edition.reduced
    core = None if reduced is None else _core(blobs, reduced.record.core)
    if reduced is not None and core is not None:
        place = RecordPlace(number=reduced.record.number, sha256=reduced.hash)
        digest = reduced.record.core
        yield manifest_of(core, digest, first, place, published.record, reduced=reduced.record)


def _core(blobs: BlobStore, digest: str) -> ListCore | None:
    return read_or_none(_read_core, blobs.read(digest))


def _manifest_in(path: Path) -> ListManifest:
    try:
        with path.open("rb") as opened:
            return read_manifest(opened.read(_MOST_MANIFEST))
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from error
    except msgspec.DecodeError as error:
        raise UserError(
            f"{path} is no manifest of a late list: {error}.",
            "It is the file kiem-chung-….json beside the published ones.",
        ) from error


def _roots(installation: Installation) -> tuple[bytes, ...]:
    trust = installation.settings.late_list.trust
    if trust is None:
        return ()
    try:
        return (trust.expanduser().read_bytes(),)
    except OSError as error:
        raise UserError(f"{trust} (late_list.trust) cannot be read: {error.strerror}.") from error


def _signed(roots: Sequence[bytes], published: bytes, whole: bytes) -> tuple[str, ...]:
    """What the signatures say. Raises ValueError if they do not hold."""
    found = asyncio.run(check_apart(published, whole, roots))
    if found.why_not:
        raise ValueError(_WHY.get(found.why_not, "it cannot be read"))
    at = ""
    if found.signed_at is not None:
        at = f" on {datetime.fromtimestamp(found.signed_at / 1000, UTC):%Y-%m-%d %H:%M} UTC"
    trusted = "leads to a root that is trusted" if found.trusted else "leads to no trusted root"
    return (f"Signed by {found.signer or 'nobody named'}{at}; the certificate {trusted}.",)
