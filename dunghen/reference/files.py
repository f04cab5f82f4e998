"""A folder of reference data, read and checked."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec

from dossiers.errors import UserError
from dossiers.wire.reference import Reference
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
        "alert policies": len(reference.alert_policies),
        "duties": len(reference.duties),
        "sources": len(reference.sources),
    }


def in_words(reference: Reference) -> str:
    """The same as a sentence has it."""
    return ", ".join(f"{number} {kind}" for kind, number in counts(reference).items())


@dataclass(frozen=True)
class ValidFolder:
    """A folder without errors. ``says_tombstones``: it decides about closed dossiers itself."""

    content: Reference
    says_tombstones: bool

    def reference(self, *, tombstones: bool) -> Reference:
        """The data. ``tombstones``: whether closed dossiers leave the stream, if the folder does
        not say."""
        if self.says_tombstones:
            return self.content
        rules = msgspec.structs.replace(self.content.rules, tombstones=tombstones)
        return msgspec.structs.replace(self.content, rules=rules)


def valid_folder(folder: Path) -> ValidFolder:
    """What stands in ``folder``; its findings go to stderr. Raises UserError if it has errors."""
    found = read_reference_folder(folder)
    for finding in (*found.errors, *found.warnings):
        print(finding, file=sys.stderr)
    if found.reference is None:
        raise UserError(
            f"{folder} has {len(found.errors)} errors, so nothing was taken from it.",
            "Correct them; `dunghen reference check` looks again.",
        )
    return ValidFolder(found.reference, found.says_tombstones)


def read_reference_folder(folder: Path) -> LoadedFolder:
    """The folder with its findings. Raises UserError if it is none."""
    if not folder.is_dir():
        raise UserError(
            f"{folder} is no folder.", "Name one with units.csv; see docs/reference-data.md."
        )
    return read_folder(folder)
