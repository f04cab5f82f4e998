"""Makes the list of what was frozen and decided, or the reduced one, in a process of its own: what
is asked comes on standard input (MessagePack of ListAsked), the files go to standard output
(MessagePack of MadeList). Bounded in memory and time; ends with whoever started it.

``python -m api.publications.listing_child MEGABYTES SECONDS``
"""

from __future__ import annotations

import os
import sys

import msgspec

from documents.bounds import bound_process
from dossiers.publication.listing import ListFiles, list_of, reduced_of
from dossiers.publication.reviewed import Reviewed, Ruling
from dossiers.text.canonical import canonical_json
from dossiers.wire.late_lists import ListCore, ListRows, NameSheet, NamesPolicy
from dossiers.wire.publications import Case


class ListAsked(msgspec.Struct, frozen=True, kw_only=True):
    """``core``, ``rows``, ``sheet`` (b"" for none): files as they are. ``relieved``, ``said``,
    ``of_dossiers``: what the review came to; ``texts``: of the decisions, by SHA-256.
    ``reduced``: take people out instead."""

    core: bytes
    rows: bytes
    sheet: bytes
    secret: bytes
    names: NamesPolicy = "name"
    relieved: tuple[tuple[Case, Ruling], ...] = ()
    said: tuple[tuple[Case, str], ...] = ()
    of_dossiers: dict[str, str] = {}
    texts: dict[str, str] = {}
    reduced: bool = False


class MadeList(msgspec.Struct, frozen=True):
    """The three files as canonical JSON; ``sheet`` b"" for none."""

    core: bytes
    rows: bytes
    sheet: bytes


def made(asked: ListAsked) -> MadeList:
    """Raises dossiers.publication.listing.DoesNotAddUp."""
    found = _files(asked)
    sheet = canonical_json(found.sheet) if found.sheet is not None else b""
    return MadeList(canonical_json(found.core), canonical_json(found.rows), sheet)


def _files(asked: ListAsked) -> ListFiles:
    core = msgspec.json.decode(asked.core, type=ListCore)
    rows = msgspec.json.decode(asked.rows, type=ListRows)
    if asked.reduced:
        return reduced_of(core, rows, asked.secret)
    sheet = msgspec.json.decode(asked.sheet, type=NameSheet) if asked.sheet else None
    found = Reviewed(dict(asked.relieved), dict(asked.said), asked.of_dossiers)
    return list_of(core, rows, sheet, found, asked.names, asked.secret, asked.texts)


if __name__ == "__main__":
    bound_process(int(sys.argv[1]), int(sys.argv[2]))
    os.nice(5)
    given = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=ListAsked)
    sys.stdout.buffer.write(msgspec.msgpack.encode(made(given)))
