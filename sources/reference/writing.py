"""Reference data back into a folder, as people edit it: read again, it has the same hash."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from dossiers.time.hours import by_weekday
from dossiers.wire.alert_policy import AlertPolicy
from dossiers.wire.calendar_spec import OFFICE_WEEK, CalendarSpec, Week
from dossiers.wire.facts import Limit
from dossiers.wire.reference import VERSIONED_RULES, Reference, Rules
from sources.calendars import vn_office
from sources.reference.policy_file import ALERTS
from sources.reference.rows import DUTIES, OFFICERS, PROCEDURES, SOURCES, STEPS, UNITS
from sources.reference.tables import escaped

_DEFAULT_CALENDAR = "default"
_FILE_NAME = re.compile(r"[^./\\\x00-\x1f][^/\\\x00-\x1f]{0,99}")


def write_folder(reference: Reference, folder: Path) -> None:
    """Write ``reference`` into ``folder``, which is made; files of the same name are replaced.

    Calendars other than Vietnam's of this version of the product are written out day by day.
    Raises OSError, and ValueError if the name of a calendar is none that a file can have.
    """
    for spec in (reference.calendar, *reference.calendars):
        if spec.name and not _FILE_NAME.fullmatch(spec.name):
            raise ValueError(f"the calendar {spec.name!r} has a name that no file can have")
    folder.mkdir(parents=True, exist_ok=True)
    _table(folder / "units.csv", UNITS, map(msgspec.to_builtins, reference.units))
    _table(folder / "officers.csv", OFFICERS, map(msgspec.to_builtins, reference.officers))
    rows: list[dict[str, object]] = []
    steps: list[dict[str, object]] = []
    for procedure in reference.procedures:
        limit = procedure.limit
        row = {
            name: getattr(procedure, name) for name in ("id", "name", "field", "level", "online")
        }
        row |= {"limit": limit.amount, "unit": limit.unit} if limit is not None else {}
        rows.append(row | ({"same_day": 1} if procedure.same_day else {}))
        for step in procedure.steps:
            own = {"step": step.id, "name": step.name, "hours": f"{step.hours:g}"}
            own |= {"holder": step.holder, "aliases": " | ".join(step.aliases)}
            steps.append({"procedure": procedure.id, **own})
    _table(folder / "procedures.csv", PROCEDURES, rows)
    _table(folder / "steps.csv", STEPS, steps)
    _alert_files(reference, folder)
    (folder / "rules.toml").write_text(_rules_file(reference), encoding="utf-8")
    head = [f"title = {_text(reference.title)}", f"timezone = {_text(reference.timezone)}"]
    named = {spec.name: spec for spec in reference.calendars}
    default = reference.calendar
    if default != vn_office():
        name = default.name or _DEFAULT_CALENDAR
        named.setdefault(name, default)
        head.append(f"calendar = {_text(name)}")
    if reference.limit is not None:
        head.append(f"limit = {_limit(reference.limit)}")
    (folder / "reference.toml").write_text("\n".join([*head, ""]), encoding="utf-8")
    for name, spec in named.items():
        (folder / "calendars").mkdir(exist_ok=True)
        path = folder / "calendars" / f"{name}.toml"
        path.write_text(_calendar_file(spec), encoding="utf-8")


def _alert_files(reference: Reference, folder: Path) -> None:
    """Also those with nothing in them: what was there before must not count any more."""
    _table(folder / "receivers.csv", DUTIES, map(msgspec.to_builtins, reference.duties))
    _table(folder / "sources.csv", SOURCES, map(msgspec.to_builtins, reference.sources))
    text = "\n".join(map(_policy, reference.alert_policies))
    (folder / ALERTS).write_text(text, encoding="utf-8")


def _policy(policy: AlertPolicy) -> str:
    said = msgspec.to_builtins(policy)
    told = said.pop("told", None)
    lines = ["[[policies]]", *(f"{name} = {_json(value)}" for name, value in said.items())]
    if told is not None:
        lines += ["[policies.told]", *(f"{kind} = {_json(each)}" for kind, each in told.items())]
    return "\n".join([*lines, ""])


def _json(value: object) -> str:
    """Lists, texts and numbers, which TOML writes as JSON does."""
    return json.dumps(value, ensure_ascii=False)


def _table(path: Path, columns: Sequence[str], rows: Iterable[dict[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: escaped(value) for name, value in row.items()} for row in rows)


def _text(value: str) -> str:
    return _json(value)


def _limit(limit: Limit) -> str:
    return f"{{ amount = {limit.amount}, unit = {_text(limit.unit)} }}"


def _rules(rules: Rules, base: Rules, names: Sequence[str]) -> list[str]:
    return [
        f"{name} = {json.dumps(getattr(rules, name))}"
        for name in names
        if getattr(rules, name) != getattr(base, name)
    ]


def _rules_file(reference: Reference) -> str:
    base = reference.rules
    other = Rules(tombstones=not base.tombstones)  # whose default depends on the timeline
    lines = ["[rules]", *_rules(base, other, Rules.__struct_fields__)]
    for version in reference.rule_versions:
        lines += ["", "[[versions]]", f"since = {version.since}", f"name = {_text(version.name)}"]
        lines += _rules(version.rules, base, VERSIONED_RULES)
        if version.limits:
            lines.append("[versions.limits]")
            lines += [f"{_text(name)} = {_limit(each)}" for name, each in version.limits.items()]
    return "\n".join([*lines, ""])


def _calendar_file(spec: CalendarSpec) -> str:
    if spec.kind == "24x7":
        return f'base = "24x7"\nversion = {_text(spec.version)}\n'
    lines = ['base = "none"', f"version = {_text(spec.version)}"]
    for name in ("days_off", "local_holidays"):
        if days := getattr(spec, name):
            lines += [f"{name} = [", *(f"    {day}," for day in days), "]"]
    if spec.make_up_days:
        lines.append("make_up_days = [")
        for each in spec.make_up_days:
            if isinstance(each, str):
                lines.append(f"    {each},")
            else:
                lines.append(f"    {{ day = {each.day}, instead_of = {each.instead_of} }},")
        lines.append("]")
    if spec.hours != OFFICE_WEEK:
        lines.append("[hours]")
        for name, segments in zip(Week.__struct_fields__, by_weekday(spec.hours), strict=True):
            lines += [f"{name} = {json.dumps(list(segments))}"] if segments else []
    return "\n".join([*lines, ""])
