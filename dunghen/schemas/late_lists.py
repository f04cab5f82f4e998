"""JSON Schema of a month's late list, as it is published and as it is kept."""

from __future__ import annotations

from typing import Any

import msgspec

from dossiers.wire.late_lists import ListCore, ListRows, NameSheet
from dunghen.schemas.documents import DIALECT


class LateListFile(msgspec.Struct, frozen=True):
    """``names``: null where none are published, and once they have had their time."""

    list: ListCore
    rows: ListRows
    names: NameSheet | None


# Name -> (type, what for)
FILES: dict[str, tuple[Any, str]] = {
    "late-list": (
        LateListFile,
        "A month's late list as it is published: what is hashed and approved, the rows that the "
        "hashes are of, and names.",
    ),
    "late-list-core": (ListCore, "What of a list is hashed and approved. It names no person."),
    "late-list-rows": (ListRows, "The rows of a list, each with the salt of its hash."),
    "late-list-names": (NameSheet, "Names and positions by officer's id."),
}


def late_list_schemas() -> dict[str, dict[str, Any]]:
    """A self-contained JSON Schema for each; the content is canonical JSON (RFC 8785)."""
    found = {}
    for name, (kind, what) in FILES.items():
        about = {"$schema": DIALECT, "$id": f"urn:dunghen:{name}", "title": name}
        found[name] = {**about, "description": what, **msgspec.json.schema(kind)}
    return found
