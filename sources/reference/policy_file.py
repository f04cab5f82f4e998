"""alerts.toml: the alert policies, and where in the file each of them stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from dossiers.text.identity import identity
from dossiers.wire.alert_policy import AlertPolicy
from sources.reference.findings import Findings, line_of
from sources.reference.toml_files import FileModel, read_model

ALERTS = "alerts.toml"
_POLICY = re.compile(r"^[ \t]*\[\[[ \t]*policies[ \t]*\]\]", re.M)


class _AlertsFile(FileModel):
    policies: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class PolicyFile:
    """``starts``: where in ``text`` the body of each policy begins."""

    policies: tuple[AlertPolicy, ...] = ()
    text: str = ""
    starts: tuple[int, ...] = ()

    def line(self, place: int, *names: str) -> int:
        """Of the last of ``names`` in the policy of that number, each behind the one before."""
        return line_of(self.text, *filter(None, names), start=self.starts[place])


def read_policies(path: Path, findings: Findings) -> PolicyFile:
    """What the file says, without what is wrong in it, which is noted; none if it is missing."""
    if not path.exists():
        return PolicyFile()
    found, text = read_model(path, _AlertsFile, findings)
    if found is None:
        return PolicyFile()
    starts = tuple(match.end() for match in _POLICY.finditer(text))
    if len(starts) < len(found.policies):  # written as an array in one line
        starts = (0,) * len(found.policies)
    policies = []
    for said, start in zip(found.policies, starts, strict=False):
        good: dict[str, Any] = {}
        for names, value in _parts(said):
            if why := _fault(names, value):
                findings.add(path, line_of(text, *names, start=start), ".".join(names), why)
            else:
                _put(good, names, value)
        policies.append(msgspec.convert(good, AlertPolicy))
    return PolicyFile(tuple(policies), text, starts)


def _parts(said: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every field, of ``told`` every kind, so that one mistake leaves the rest."""
    for name, value in said.items():
        if name in ("units", "procedures") and isinstance(value, list):
            yield (name,), [identity(v) if isinstance(v, str) else v for v in value]
        elif name == "told" and isinstance(value, dict):
            yield from (((name, kind), each) for kind, each in value.items())
        else:
            yield (name,), value


def _fault(names: tuple[str, ...], value: Any) -> str:
    if names[0] not in AlertPolicy.__struct_fields__:
        return "is no setting of a policy: docs/reference-data.md names all"
    if names in (("units",), ("procedures",)) and value == []:
        return "names none: leave it out for all"
    whole: dict[str, Any] = {}
    _put(whole, names, value)
    try:
        msgspec.convert(whole, AlertPolicy)
    except msgspec.ValidationError as error:
        return str(error).split(" - ")[0]
    return ""


def _put(into: dict[str, Any], names: tuple[str, ...], value: Any) -> None:
    for name in names[:-1]:
        into = into.setdefault(name, {})
    into[names[-1]] = value
