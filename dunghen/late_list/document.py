"""The list with names, as its canonical JSON: the same log gives the same bytes."""

from __future__ import annotations

import hashlib

import msgspec

from dossiers.reference.unlisted import shown_name
from dossiers.reports.late_lines import LateList
from dossiers.wire.reference import Reference

_EMPTY = ""


class Names(msgspec.Struct, frozen=True):
    """Names and positions by id, as the reference data has them; an unknown id stays as it is."""

    units: dict[str, str]
    officers: dict[str, str]
    positions: dict[str, str]
    procedures: dict[str, str]
    steps: dict[str, str]

    @classmethod
    def of(cls, reference: Reference) -> Names:
        """From the reference data."""
        return cls(
            {unit.id: unit.name for unit in reference.units},
            {officer.id: officer.name for officer in reference.officers},
            {officer.id: officer.position for officer in reference.officers},
            {procedure.id: procedure.name for procedure in reference.procedures},
            {s.id: s.name for p in reference.procedures for s in p.steps if s.name},
        )


class Document(msgspec.Struct, frozen=True):
    """``body``: the canonical JSON (UTF-8, keys in order, no blanks). ``digest``: its SHA-256."""

    body: bytes
    digest: str
    found: LateList
    names: Names


def document_of(found: LateList, timeline: str, names: Names) -> Document:
    """The document of a list; ``timeline``: id of the log it was made from."""
    content = {"timeline": timeline, **msgspec.to_builtins(found)}
    for entry in (*content["officers"], *content["units"], *content["dossiers"]):
        entry["unit_name"] = names.units.get(entry["unit"]) or shown_name(entry["unit"])
        if "officer" in entry:
            officer = entry["officer"]
            entry["officer_name"] = names.officers.get(officer) or shown_name(officer)
            entry["position"] = names.positions.get(officer, _EMPTY)
        entry["step_name"] = names.steps.get(entry["step"]) or shown_name(entry["step"])
        if "procedure" in entry:
            procedure = entry["procedure"]
            entry["procedure_name"] = names.procedures.get(procedure) or shown_name(procedure)
    body = msgspec.json.encode(content, order="sorted")
    return Document(body, hashlib.sha256(body).hexdigest(), found, names)
