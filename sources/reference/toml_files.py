"""TOML files of a folder of reference data: title and defaults, rules, calendars."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dossiers.text.identity import identity
from dossiers.time.calendar import calendar_of
from dossiers.time.hours import CalendarError
from dossiers.wire.calendar_spec import CalendarSpec, MakeUpDay, Week
from dossiers.wire.facts import Limit, LimitUnit
from dossiers.wire.reference import VERSIONED_RULES, Rules, RuleVersion
from sources.calendars import OVERRIDES, YearFile, vn_calendar
from sources.reference.findings import Findings, line_of

_DATE, _DATE_OR_HOURS = re.compile(r"\d{4}-\d\d-\d\d"), re.compile(r"\d{4}-\d\d-\d\d|hours")
_AT_LINE = re.compile(r"line (\d+)")
_VERSION = re.compile(r"^[ \t]*\[\[[ \t]*versions[ \t]*\]\]", re.M)


class FileModel(BaseModel):
    """What a file may say, and nothing else."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LimitModel(FileModel):
    """A time limit as a file writes it: so many of a unit."""

    amount: int = Field(ge=0)
    unit: LimitUnit

    def limit(self) -> Limit:
        """The same as the domain's type."""
        return Limit(self.amount, self.unit)


class Head(FileModel):
    """reference.toml. ``calendar``: the file calendars/NAME.toml, "" for Vietnam's offices."""

    title: str = ""
    timezone: str = "Asia/Ho_Chi_Minh"
    calendar: str = ""
    limit: LimitModel | None = None


class CalendarFile(YearFile):
    """calendars/NAME.toml. ``base``: Vietnam's days off, none, or no closing time at all."""

    version: str = ""
    base: Literal["vn", "none", "24x7"] = "vn"
    hours: dict[str, tuple[str, ...]] | None = None


class _Version(FileModel):
    model_config = ConfigDict(extra="allow", frozen=True)

    since: date
    name: str = Field(min_length=1)
    limits: dict[str, LimitModel] = {}


class _RulesFile(FileModel):
    rules: dict[str, Any] = {}
    versions: tuple[_Version, ...] = ()


_File = TypeVar("_File", bound=BaseModel)


def read_model(path: Path, kind: type[_File], findings: Findings) -> tuple[_File | None, str]:
    """The file as ``kind``, and its text; None if it has a mistake, which is noted."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        return kind.model_validate(tomllib.loads(text)), text
    except (OSError, UnicodeDecodeError) as error:
        findings.add(path, 0, "", f"cannot be read as UTF-8 text: {error}")
    except tomllib.TOMLDecodeError as error:
        at = _AT_LINE.search(str(error))
        findings.add(path, int(at[1]) if at else 0, "", f"is no TOML: {error}")
    except ValidationError as error:
        for each in error.errors():
            names = [name for name in each["loc"] if name not in ("_MakeUp", "date")]
            line = line_of(text, *names)
            said = each["msg"].replace("Extra inputs are not permitted", "is no setting here")
            findings.add(path, line, ".".join(map(str, names)), said)
    return None, ""


def read_head(path: Path, findings: Findings) -> Head:
    """What reference.toml says, the defaults if it is missing or has mistakes."""
    if not path.exists():
        return Head()
    found, _ = read_model(path, Head, findings)
    return found or Head()


def read_rules(
    path: Path, findings: Findings
) -> tuple[Rules, tuple[RuleVersion, ...], list[int], bool]:
    """The rules, their versions, the line of each, and whether the file speaks of tombstones.

    A version has what [rules] says wherever it says nothing itself.
    """
    if not path.exists():
        return Rules(tombstones=True), (), [], False
    found, text = read_model(path, _RulesFile, findings)
    if found is None:
        return Rules(tombstones=True), (), [], False
    rules = _rules(path, text, {"tombstones": True, **found.rules}, 0, findings)
    versions, lines, at = [], [], 0
    for version in found.versions:
        start = _VERSION.search(text, at)
        at = start.end() if start else at
        own = dict(version.model_extra or {})
        for name in [n for n in own if n in Rules.__struct_fields__ and n not in VERSIONED_RULES]:
            findings.add(
                path, line_of(text, name, start=at), name,
                "says how the installation works and has no versions: put it under [rules]",
            )  # fmt: skip
            del own[name]
        made = _rules(path, text, own, at, findings, rules)
        limits = {identity(name): limit.limit() for name, limit in version.limits.items()}
        versions.append(
            RuleVersion(
                since=version.since.isoformat(), name=version.name, rules=made, limits=limits
            )
        )
        lines.append(text.count("\n", 0, at) + 1)
    return rules, tuple(versions), lines, "tombstones" in found.rules


def _rules(
    path: Path, text: str, values: dict[str, Any], start: int, findings: Findings,
    base: Rules | None = None,
) -> Rules:  # fmt: skip
    """``values``, and what ``base`` says of the rest. They stand behind ``start`` in ``text``."""
    good = msgspec.structs.asdict(base) if base is not None else {}
    for name, value in values.items():
        if name not in Rules.__struct_fields__:
            findings.add(
                path,
                line_of(text, name, start=start),
                name,
                "is no rule: docs/reference-data.md names all",
            )
            continue
        try:
            msgspec.convert({name: value}, Rules)
        except msgspec.ValidationError as error:
            findings.add(path, line_of(text, name, start=start), name, str(error).split(" - ")[0])
        else:
            good[name] = value
    return msgspec.convert(good, Rules)


def read_calendars(folder: Path, timezone: str, findings: Findings) -> dict[str, CalendarSpec]:
    """Every calendars/NAME.toml by its name, and Vietnam's as "". The files calendars/vn/YEAR.toml
    hold for all that have Vietnam's days off."""
    shipped = sorted(OVERRIDES.glob("2*.toml"))
    own = [
        path
        for path in sorted((folder / "vn").glob("*.toml"))
        if read_model(path, YearFile, findings)[0] is not None
    ]
    try:
        vietnam = vn_calendar([*shipped, *own])
    except CalendarError as error:
        path = next((p for p in own if str(error).startswith(f"{p}:")), folder / "vn")
        said = str(error).removeprefix(f"{path}: ")
        dates = _DATE.findall(said)[:1]
        text = path.read_text(encoding="utf-8-sig") if path.is_file() else ""
        findings.add(path, line_of(text, *dates), "", said)
        vietnam = vn_calendar(shipped)
    found: dict[str, CalendarSpec] = {"": vietnam}
    for path in sorted(folder.glob("*.toml")):
        made, text = read_model(path, CalendarFile, findings)
        name = identity(path.stem)  # some systems decompose the names of files
        if made is None:
            found[name] = msgspec.structs.replace(vietnam, name=name)
            continue
        try:
            spec = _spec(made, name, vietnam)
            calendar_of(spec, timezone)
        except (CalendarError, msgspec.ValidationError) as error:
            named = _DATE_OR_HOURS.findall(str(error))[:1]
            findings.add(path, line_of(text, *named), "", str(error))
            spec = msgspec.structs.replace(vietnam, name=name)
        found[name] = spec
    return found


def _spec(file: CalendarFile, name: str, vietnam: CalendarSpec) -> CalendarSpec:
    if file.base == "24x7":
        return CalendarSpec(kind="24x7", name=name, version=file.version)
    base = vietnam if file.base == "vn" else CalendarSpec()
    hours = base.hours if file.hours is None else msgspec.convert(file.hours, Week)
    off = (set(base.days_off) | {d.isoformat() for d in file.days_off}) - {
        d.isoformat() for d in file.working_days
    }
    made_up: dict[str, str | MakeUpDay] = {}
    for entry in base.make_up_days:
        made_up[entry if isinstance(entry, str) else entry.day] = entry
    for each in file.make_up_days:
        if isinstance(each, date):
            made_up[each.isoformat()] = each.isoformat()
            continue
        day, instead_of = each.day.isoformat(), each.instead_of.isoformat()
        if instead_of not in off:
            raise CalendarError(
                f"{day} is to make up for {instead_of}, which is not off: put that into days_off, "
                "or correct instead_of"
            )
        made_up[day] = MakeUpDay(day=day, instead_of=instead_of)
    kept = {
        day: entry
        for day, entry in made_up.items()
        if isinstance(entry, str) or entry.instead_of in off
    }
    versions = [v for v in (base.version if file.base == "vn" else "", file.version) if v]
    return CalendarSpec(
        name=name,
        version=" + ".join(versions),
        hours=hours,
        days_off=tuple(sorted(off)),
        local_holidays=tuple(
            sorted({*base.local_holidays, *(d.isoformat() for d in file.local_holidays)})
        ),
        make_up_days=tuple(entry for _, entry in sorted(kept.items())),
    )
