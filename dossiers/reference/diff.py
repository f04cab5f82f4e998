"""What two versions of the reference data differ in, kind by kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from dossiers.wire.alert_policy import AlertPolicy
from dossiers.wire.reference import Reference


class Changes(NamedTuple):
    """Ids of entries of one kind; ``changed``: with the names of the fields that differ."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: dict[str, tuple[str, ...]]


def differences(old: Reference, new: Reference) -> dict[str, Changes]:
    """From ``old`` to ``new``, by kind; kinds without a difference are left out."""
    before, after = _entries(old), _entries(new)
    found = {kind: _compared(before[kind], after[kind]) for kind in before}
    return {kind: changes for kind, changes in found.items() if any(changes)}


def _entries(reference: Reference) -> dict[str, dict[str, dict[str, Any]]]:
    general = {name: getattr(reference, name) for name in ("title", "timezone", "limit")}
    calendars = {spec.name: spec for spec in reference.calendars}
    return {
        "general": {name: {"value": value} for name, value in general.items()},
        "units": _by_id((unit.id, unit) for unit in reference.units),
        "officers": _by_id(
            (f"{officer.id} {officer.valid_from}".strip(), officer)
            for officer in reference.officers
        ),
        "procedures": _by_id((each.id, each) for each in reference.procedures),
        "calendars": _by_id({"(default)": reference.calendar, **calendars}.items()),
        "rules": {
            name: {"value": value}
            for name, value in msgspec.structs.asdict(reference.rules).items()
        },
        "rule versions": _by_id((version.name, version) for version in reference.rule_versions),
        "alert policies": _by_id((_label(each), each) for each in reference.alert_policies),
        "duties": _by_id(
            (f"{each.unit} {each.duty} {each.officer}", each) for each in reference.duties
        ),
        "sources": _by_id((source.id, source) for source in reference.sources),
    }


def _label(policy: AlertPolicy) -> str:
    """Units and procedures that it speaks of: two policies of one version have not the same."""
    return " · ".join(", ".join(names) or "*" for names in (policy.units, policy.procedures))


def _by_id(entries: Iterable[tuple[str, msgspec.Struct]]) -> dict[str, dict[str, Any]]:
    return {id_: msgspec.structs.asdict(entry) for id_, entry in entries}


def _compared(old: Mapping[str, dict[str, Any]], new: Mapping[str, dict[str, Any]]) -> Changes:
    changed = {
        id_: tuple(name for name in entry if entry[name] != new[id_][name])
        for id_, entry in old.items()
        if id_ in new and entry != new[id_]
    }
    return Changes(
        tuple(id_ for id_ in new if id_ not in old),
        tuple(id_ for id_ in old if id_ not in new),
        changed,
    )
