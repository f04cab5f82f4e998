"""A list as JSON, however it is written, and one row of it, held against the published hashes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import msgspec

from dossiers.publication.manifest import ListManifest
from dossiers.publication.sealing import row_hash
from dossiers.text.canonical import canonical_json, sha256_of
from dunghen.late_list.plain_json import canonical_or_nothing
from dunghen.late_list.proof import KnownLists, Proof, proof_of, refusal, title

Json = dict[str, Any]
KINDS = ("officers", "dossiers", "receptions", "excluded")
_ROW = {"officers": "officer", "dossiers": "dossier", "receptions": "late reception",
        "excluded": "excluded case"}  # fmt: skip
_MOST = 20  # differences that are told


def prove_row(sealed: Json, known: KnownLists) -> Proof:
    """Of a row with its salt."""
    digest = _hash_of(sealed)
    if digest is None:
        return Proof(genuine=False, what="It is no row with its salt.")
    for manifest in known.manifests:
        for kind in KINDS:
            hashes: tuple[str, ...] = getattr(manifest, kind)
            if digest in hashes:
                place = hashes.index(digest) + 1
                what = f"This is {_ROW[kind]} row {place} of {title(manifest)}, as published."
                return proof_of(known, manifest, what)
    return _changed_row(sealed, known) or Proof(
        genuine=False, what="No list that was published has this row: it or its salt was changed."
    )


def prove_document(found: Json, known: KnownLists) -> Proof | None:
    """Of a list's core, alone or with its rows and names; None if it names none that is known."""
    core: Json = found["list"] if isinstance(found.get("list"), dict) else found
    digest = sha256_of(canonical_or_nothing(core))
    same = next((m for m in known.manifests if m.core == digest), None)
    manifest = same or _claimed(core, known)
    if manifest is None:
        return None
    told = [] if same is not None else list(_other_core(core, manifest))
    if core is not found:
        told += [*_extra(found), *_other_rows(found, manifest)]
    if told:
        what = f"It says to be {title(manifest)}, and is not what was published."
        return refusal(manifest, what, told[:_MOST])
    what = f"This is {title(manifest)}: every figure and every row as published."
    if "rows" not in found:
        what = f"This is the core of {title(manifest)}: every figure as published."
    return proof_of(known, manifest, what, notes=["Its file was written anew."])


def _claimed(core: Json, known: KnownLists) -> ListManifest | None:
    said = core.get("id"), core.get("edition")
    return next((m for m in known.manifests if (m.list, m.edition) == said), None)


def _other_core(core: Json, manifest: ListManifest) -> Iterator[str]:
    yield "its head or its figures are not those that were approved"
    for kind in KINDS:
        if core.get(kind) != list(getattr(manifest, kind)):
            yield f"its hashes of {kind} were changed"


def _other_rows(found: Json, manifest: ListManifest) -> Iterator[str]:
    rows = _parts(found)
    for kind in KINDS if "rows" in found else ():
        hashes: tuple[str, ...] = getattr(manifest, kind)
        sealed = rows[kind] if isinstance(rows.get(kind), list) else []
        if len(sealed) != len(hashes):
            yield f"it has {len(sealed)} {kind}, {len(hashes)} were published"
        for place, (digest, row) in enumerate(zip(hashes, sealed, strict=False), 1):
            if _hash_of(row) != digest or row.keys() != {"salt", "row"}:
                yield f"{_ROW[kind]} row {place} was changed"
    names = found.get("names")
    if names is not None and sha256_of(canonical_or_nothing(names)) != manifest.sheet:
        yield "names or positions were changed"


def _extra(found: Json) -> Iterator[str]:
    """What nobody published, beside what is right."""
    for name in [*(found.keys() - {"list", "rows", "names"}), *(_parts(found).keys() - set(KINDS))]:
        yield f"{name[:60]!r} was not published"


def _changed_row(sealed: Json, known: KnownLists) -> Proof | None:
    """The published row with the same salt, and what is different in this one."""
    for manifest, file in known.files():
        kept = known.read(file.sha256) if file.name.endswith(".json") else None
        if kept is None:
            continue
        for kind, place, row in _rows_of(kept):
            if row["salt"] == sealed["salt"]:
                what = f"{_ROW[kind].capitalize()} row {place} of {title(manifest)} was changed."
                return refusal(manifest, what, _fields(row["row"], sealed["row"]), file.name)
    return None


def _rows_of(body: bytes) -> Iterator[tuple[str, int, Json]]:
    rows = _parts(msgspec.json.decode(body))
    for kind in KINDS if rows else ():
        for place, row in enumerate(cast("list[Json]", rows[kind]), 1):
            yield kind, place, row


def _parts(found: Any) -> Json:
    """The rows of a list by their kind, empty if it has none."""
    rows = found.get("rows") if isinstance(found, dict) else None
    return rows if isinstance(rows, dict) else {}


def _fields(published: Json, here: object) -> list[str]:
    if not isinstance(here, dict):
        return ["it has no fields"]
    both = sorted(published.keys() | here.keys())
    return [
        f"{name}: {published.get(name)!r} was published, here it is {here.get(name)!r}"
        for name in both
        if published.get(name) != here.get(name)
    ]


def _hash_of(sealed: Any) -> str | None:
    try:
        return row_hash(sealed["salt"], canonical_json(sealed["row"]))
    except (KeyError, OverflowError, RecursionError, TypeError, ValueError):
        return None
