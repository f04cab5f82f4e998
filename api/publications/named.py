"""Which files the records of topic publications name."""

from __future__ import annotations

from collections.abc import Iterator

from dossiers.publication.editions import Edition
from dossiers.wire.publications import (
    AnyPublication,
    Asked,
    Decided,
    Explained,
    Frozen,
    ListSubmitted,
    Published,
    Reduced,
    Replied,
    Returned,
    Signed,
)


def list_files(record: AnyPublication) -> Iterator[str]:
    """Files that are a list, or a part or a document of one; not what people wrote about it."""
    if isinstance(record, Frozen):
        yield from (record.core, record.rows, record.sheet, record.secret)
    elif isinstance(record, ListSubmitted):
        yield from filter(None, (record.core, record.rows, record.sheet))
    elif isinstance(record, Published):
        yield record.envelope
        yield from (file.sha256 for file in record.files)
    elif isinstance(record, Signed):
        yield record.file.sha256
    elif isinstance(record, Reduced):
        yield from (record.core, record.rows, *(file.sha256 for file in record.files))


def said_files(record: AnyPublication) -> Iterator[str]:
    """What people wrote in the review, and what they attached."""
    if isinstance(record, Explained | Replied):
        yield from (file.sha256 for file in record.files)
    if isinstance(record, Explained | Asked | Replied | Decided | Returned) and record.text:
        yield record.text


def naming_files(edition: Edition) -> tuple[str, ...]:
    """Those of a published edition in which people are named, or that lead to them: rows, names,
    the secret of their salts, documents. Cores stay, and what was put on paper around the list."""
    kept = {edition.frozen.record.core}
    found: dict[str, None] = {}
    for placed in edition.records:
        record = placed.record
        if isinstance(record, ListSubmitted):
            kept.add(record.core)
        if isinstance(record, Published):
            kept.add(record.envelope)
        if not isinstance(record, Reduced):
            found.update(dict.fromkeys(list_files(record)))
    return tuple(digest for digest in found if digest not in kept)
