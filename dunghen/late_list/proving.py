"""Whether a file, or one row, is what was published, and if not, what differs.

A file proves itself by its bytes; a signed PDF by what it begins with; JSON that was written
otherwise, and a row with its salt, by their canonical form. For all of this the manifests are
enough. Where the published files are at hand, what was changed is told as well.
"""

from __future__ import annotations

import re
from typing import Any

from dossiers.publication.manifest import (
    MANIFEST_FORMAT,
    ListManifest,
    manifest_json,
    manifest_name,
)
from dossiers.text.canonical import sha256_of
from dossiers.wire.publications import PublishedFile
from dossiers.wire.reading import decoder, read_or_none
from dunghen.late_list.changed_cells import changed_cells, text_of
from dunghen.late_list.plain_json import canonical_or_nothing, is_ambiguous
from dunghen.late_list.proof import MOST_BYTES, KnownLists, Proof, proof_of, refusal, title
from dunghen.late_list.proving_rows import prove_document, prove_row

_PDF, _ZIP = b"%PDF-", b"PK\x03\x04"
_FEW = 8  # bytes that are told one by one
_HASH = re.compile(rb"[0-9a-f]{64}")
_read_json = decoder(dict[str, Any])


def prove(content: bytes, known: KnownLists) -> Proof:
    """What ``content`` is: a published or signed file, the manifest, a row, or none of these.
    Whatever it holds, nothing is raised."""
    if len(content) > MOST_BYTES:
        return Proof(genuine=False, what="It is larger than any file that was published.")
    return (
        _as_published(content, known)
        or _as_signed(content, known)
        or _as_json(content, known)
        or _almost(content, known)
        or _as_says(content, known)
        or Proof(genuine=False, what="Nothing that was published is like this.")
    )


def _as_published(content: bytes, known: KnownLists) -> Proof | None:
    digest = sha256_of(content)
    for manifest, file in known.files():
        if file.sha256 == digest:
            what = f"This is {file.name} of {title(manifest)}, byte for byte as published."
            return proof_of(known, manifest, what, file.name)
    for manifest in known.manifests:
        for file in manifest.signed:
            if file.sha256 == digest:
                what = f"This is the signed PDF of {title(manifest)}, as it came back."
                return proof_of(known, manifest, what, file.name)
    return None


def _as_signed(content: bytes, known: KnownLists) -> Proof | None:
    """A signature is written behind what was signed: the published bytes, and one newline."""
    if not content.startswith(_PDF):
        return None
    for manifest, file in known.files():
        begins = file.size < len(content) and sha256_of(content[: file.size]) == file.sha256
        if begins and content[file.size : file.size + 1] == b"\n":
            return _signed(content, known, manifest, file)
        if begins:
            what = f"It begins with {file.name} of {title(manifest)}, but was not only signed."
            return refusal(manifest, what, file=file.name)
    return None


def _signed(
    content: bytes, known: KnownLists, manifest: ListManifest, file: PublishedFile
) -> Proof:
    what = f"This is {file.name} of {title(manifest)}, with something written behind it"
    if known.signatures is None:
        return proof_of(known, manifest, f"{what}.", file.name, [
            "Its signature was not looked at: it is tried in the installation alone."])  # fmt: skip
    try:
        told = known.signatures(content[: file.size], content)
    except ValueError as error:
        return refusal(manifest, f"{what} that is no valid signature.", [str(error)], file.name)
    what = f"This is the signed PDF of {title(manifest)}: {file.name}, as published, and signed."
    return proof_of(known, manifest, what, file.name, told)


def _as_json(content: bytes, known: KnownLists) -> Proof | None:
    found = read_or_none(_read_json, content)
    if found is None:
        return None
    told = _told_of(found, known)
    if told is not None and told.genuine and is_ambiguous(content):
        what = "A name stands twice in it, so that programs may read different things in it."
        return Proof(genuine=False, what=what)
    return told


def _told_of(found: dict[str, Any], known: KnownLists) -> Proof | None:
    if found.get("format") == MANIFEST_FORMAT:
        return _as_manifest(found, known)
    if {"salt", "row"} <= found.keys():
        return prove_row(found, known)
    if isinstance(found.get("list"), dict) or "whole" in found:
        return prove_document(found, known)
    return None


def _as_manifest(found: dict[str, object], known: KnownLists) -> Proof:
    body = canonical_or_nothing(found)
    for manifest in known.manifests:
        if manifest_json(manifest) == body:
            name = manifest_name(manifest.list, manifest.edition)
            return proof_of(known, manifest, f"This is the manifest of {title(manifest)}.", name)
    what = "It says to be a manifest, but none that was published is like this."
    return Proof(genuine=False, what=what)


def _almost(content: bytes, known: KnownLists) -> Proof | None:
    """A published file of which some bytes were changed and none added."""
    for manifest, file in known.files():
        kept = known.read(file.sha256) if file.size == len(content) else None
        if kept is None:
            continue
        places = [p for p, (a, b) in enumerate(zip(kept, content, strict=True)) if a != b]
        if len(places) <= _FEW or kept[: len(kept) // 2] == content[: len(kept) // 2]:
            count = "1 byte differs" if len(places) == 1 else f"{len(places)} bytes differ"
            what = f"{count} from {file.name} of {title(manifest)}: not what was published."
            told = [f"byte {place + 1}" for place in places[:_FEW]]
            return refusal(manifest, what, [*told, *_cells(kept, content)], file.name)
    return None


def _as_says(content: bytes, known: KnownLists) -> Proof | None:
    """By the hash of the list that it prints, and what is different in a file of the same kind."""
    printed = {found.decode() for found in _HASH.findall(text_of(content))}
    manifest = next((m for m in known.manifests if m.core in printed), None)
    if manifest is None:
        return None
    what = f"It says to be of {title(manifest)}, but none of its files is like this."
    told, name = _nearest(content, known, manifest)
    return refusal(manifest, what, told, name)


def _nearest(content: bytes, known: KnownLists, manifest: ListManifest) -> tuple[list[str], str]:
    """The published file in which the least is different, and what."""
    best: tuple[list[str], str] = ([], "")
    for file in manifest.files:
        kept = known.read(file.sha256) if _alike(content, file.name) else None
        told = _cells(kept, content) if kept is not None else []
        if told and (not best[0] or len(told) < len(best[0])):
            best = told, file.name
    return best


def _alike(content: bytes, name: str) -> bool:
    if content.startswith(_ZIP):
        return name.endswith(".xlsx")
    return name.endswith(".csv") and not content.startswith(_PDF)


def _cells(kept: bytes, content: bytes) -> list[str]:
    return [] if content.startswith(_PDF) else changed_cells(kept, content)
