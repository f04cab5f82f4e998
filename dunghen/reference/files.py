"""A folder of reference data as a command sees it: read, checked, and its findings printed."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import msgspec

from dossiers.errors import UserError
from dossiers.wire.reference import Reference, content_hash
from sources.reference.folder import LoadedFolder, read_folder


def counts(reference: Reference) -> dict[str, int]:
    """How much of each kind there is."""
    return {
        "units": len(reference.units),
        "officers": len(reference.officers),
        "procedures": len(reference.procedures),
        "steps": sum(len(each.steps) for each in reference.procedures),
        "calendars": 1 + len(reference.calendars),
        "rule versions": len(reference.rule_versions),
    }


def in_words(reference: Reference) -> str:
    return ", ".join(f"{number} {kind}" for kind, number in counts(reference).items())


def check_folder(folder: Path, *, as_json: bool) -> bool:
    """Print what is wrong with ``folder``; True if nothing is but warnings. Raises UserError."""
    found = _read(folder)
    reference = found.reference
    if as_json:
        answer = {
            "valid": reference is not None,
            "hash": content_hash(reference) if reference is not None else None,
            "counts": counts(reference) if reference is not None else None,
            "errors": [asdict(each) for each in found.errors],
            "warnings": [asdict(each) for each in found.warnings],
        }
        print(json.dumps(answer, ensure_ascii=False))
        return reference is not None
    for finding in (*found.errors, *found.warnings):
        print(finding)
    if reference is None:
        print(f"{len(found.errors)} errors, {len(found.warnings)} warnings: it cannot be loaded.")
        return False
    print(f"{in_words(reference)}: no errors, {len(found.warnings)} warnings.")
    print(f"SHA-256 of the content  {content_hash(reference)}")
    return True


def valid_folder(folder: Path, *, tombstones: bool) -> Reference:
    """The reference data in ``folder``; its findings go to stderr. Raises UserError if it has
    errors. ``tombstones``: whether closed dossiers leave the stream, if the folder does not say."""
    found = _read(folder)
    for finding in (*found.errors, *found.warnings):
        print(finding, file=sys.stderr)
    if found.reference is None:
        raise UserError(
            f"{folder} has {len(found.errors)} errors, so nothing was taken from it.",
            "Correct them; `dunghen reference check` looks again.",
        )
    if found.says_tombstones:
        return found.reference
    rules = msgspec.structs.replace(found.reference.rules, tombstones=tombstones)
    return msgspec.structs.replace(found.reference, rules=rules)


def _read(folder: Path) -> LoadedFolder:
    if not folder.is_dir():
        raise UserError(
            f"{folder} is no folder.", "Name one with units.csv; see docs/reference-data.md."
        )
    return read_folder(folder)
