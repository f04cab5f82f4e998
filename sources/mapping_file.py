"""Reads a mapping file, and says in a sentence what is wrong with it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from dossiers.errors import UserError
from sources.mapping import ROLES, Mapping, TraitColumns
from sources.names import listed, nearest

_KNOWN: dict[str, tuple[str, ...]] = {
    "columns": ROLES, "traits": tuple(TraitColumns.model_fields),
}  # fmt: skip


class MappingError(UserError):
    """The mapping file cannot be used; says where, and what to write instead."""


def load_mapping(path: Path) -> Mapping:
    """Reads and checks a mapping file. Raises MappingError."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise MappingError(f"{path}: cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise MappingError(f"{path}: is not UTF-8 text; save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise MappingError(f"{path}: is not TOML: {error}.") from error
    try:
        return Mapping.model_validate(content)
    except ValidationError as error:
        problems = "; ".join(_sentence(problem) for problem in error.errors())
        raise MappingError(f"{path}: {problems}.") from error


def check_columns(mapping: Mapping, present: Iterable[str], log: str) -> None:
    """Raises MappingError if a mapped column is not among ``present`` ones of file ``log``."""
    names = set(present)
    mapped = {
        **{f"[columns] {role}": column for role, column in mapping.columns.mapped().items()},
        **{f"[traits] {trait}": column for trait, column in mapping.traits.mapped().items()},
    }
    missing = [
        f"{place} = {column!r}, but {log} has no such column{nearest(column, names)}"
        for place, column in mapped.items()
        if column not in names
    ]
    if missing:
        raise MappingError("; ".join(missing) + f". Its columns are: {listed(names)}.")


def _sentence(problem: Any) -> str:
    place = [str(part) for part in problem["loc"]]
    section = place[0] if place[:1] in (["columns"], ["traits"]) else ""
    where = f"[{section}] {'.'.join(place[1:])}" if section else ".".join(place)
    kind = problem["type"]
    if kind == "extra_forbidden":
        known = _KNOWN.get(section, tuple(Mapping.model_fields))
        if where == place[-1] and place[-1] in ROLES:
            return f"unknown key {where!r} (it belongs under [columns])"
        return f"unknown key {where!r}{nearest(place[-1], known)}; known are {', '.join(known)}"
    if kind == "missing":
        return f"{where or 'columns'} is missing"
    if place[:1] == ["finished"]:
        where = "finished"  # without the names of the types that it could have
    message = str(problem["msg"]).removeprefix("Value error, ")
    return f"{where}: {message}" if where else message
