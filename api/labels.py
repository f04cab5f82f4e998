"""How names appear where anybody may read them."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Literal

from dossiers.reference.unlisted import shown_name
from dossiers.text.keyed import looks_hashed
from dossiers.wire.reference import Reference

OfficerNames = Literal["initials", "full", "off"]


def officer_label(name: str, mode: OfficerNames) -> str:
    """How an officer appears: initials by default (privacy), full, or not at all.

    One word is an id or a role, not a person's name, and stays as it is.
    """
    if mode == "off" or not name:
        return ""
    if looks_hashed(name):
        return shown_name(name)
    words = name.split()
    if mode == "full" or len(words) < 2:
        return name
    return "".join(f"{word[0].upper()}." for word in words)


@dataclass(frozen=True)
class DisplayNames:
    """Names by id, as one version of the reference data has them."""

    units: Mapping[str, str]
    officers: Mapping[str, str]
    procedures: Mapping[str, str]


def names_of(reference: Reference) -> DisplayNames:
    """The names in ``reference``."""
    return DisplayNames(
        {unit.id: unit.name for unit in reference.units},
        {officer.id: officer.name for officer in reference.officers},
        {procedure.id: procedure.name for procedure in reference.procedures},
    )


def step_name(reference: Reference, step: str, procedure: str = "") -> str:
    """The name of a procedure's step, of any procedure without one; else what is shown in place of
    one that is not listed. Procedures name the same step alike."""
    for each in reference.procedures:
        if procedure in ("", each.id):
            for known in each.steps:
                if known.id == step:
                    return shown_name(known.name or step)
    return shown_name(step)


@dataclass(frozen=True)
class Labels:
    """How units, procedures and officers appear to one viewer. ``mode``: of officers, except those
    in ``in_full`` (None: all officers), whose full names this viewer may read. Names of units and
    procedures are no secret."""

    names: DisplayNames
    mode: OfficerNames
    in_full: Set[str] | None = frozenset()

    def officer(self, id_: str) -> str:
        """The label of an officer: in full to oneself, to the superior and to the reform office,
        else as the setting says."""
        full = self.in_full is None or id_ in self.in_full
        return officer_label(self.names.officers.get(id_, id_), "full" if full else self.mode)

    def unit(self, id_: str) -> str:
        """The name of a unit, or what is shown in place of one that is not listed."""
        return self.names.units.get(id_) or shown_name(id_)

    def procedure(self, id_: str) -> str:
        """The name of a procedure, or what is shown in place of one that is not listed."""
        return self.names.procedures.get(id_) or shown_name(id_)
