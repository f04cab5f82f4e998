"""Reads what the other side counts (CSV) and lists (one id a line). Errors name file and line."""

from __future__ import annotations

import csv
from pathlib import Path

from dossiers.errors import UserError
from dossiers.reports.reconciliation import Counted
from dossiers.text.identity import folded, identity
from dunghen.terminal.month import MONTH

COLUMNS = ("unit", "month", "received", "finished")
_LAYOUT = "The first line names the columns: unit,month,received,finished."


def read_counts(path: Path) -> list[Counted]:
    """Lines of a CSV with the columns ``COLUMNS`` in any order, and others, separated by commas or
    semicolons. An empty number is one that the other side does not say. Raises UserError."""
    text = _read(path)
    header, _, _ = text.partition("\n")
    reader = csv.reader(text.splitlines(), delimiter=";" if ";" in header else ",", strict=True)
    places: dict[str, int] | None = None
    found: list[Counted] = []
    lines: dict[tuple[str, str], int] = {}
    try:
        for row in reader:
            if not any(map(identity, row)):
                continue
            if places is None:
                places = _places(path, reader.line_num, row)
                continue
            count = _count(path, reader.line_num, row, places)
            first = lines.setdefault((count.unit, count.month), reader.line_num)
            if first != reader.line_num:
                raise _wrong(
                    path,
                    reader.line_num,
                    f"unit {count.unit!r} and month {count.month} stand in line {first} already.",
                    "Leave one of the two.",
                )
            found.append(count)
    except csv.Error as error:
        raise _wrong(path, reader.line_num, f"this is no CSV: {error}.", _LAYOUT) from error
    if not found:
        raise UserError(f"{path} has no counts.", _LAYOUT)
    return found


def read_ids(path: Path) -> set[str]:
    """Dossier ids, one a line; empty lines and those that begin with # are skipped."""
    lines = map(identity, _read(path).splitlines())
    found = {line for line in lines if line and not line.startswith("#")}
    if not found:
        raise UserError(f"{path} lists no dossier.", "Write one id a line.")
    return found


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise _wrong(path, line, "this is not UTF-8.", "Save the file as UTF-8.") from error


def _places(path: Path, line: int, row: list[str]) -> dict[str, int]:
    names = list(map(folded, row))
    lacking = [name for name in COLUMNS if name not in names]
    if lacking:
        raise _wrong(path, line, f"the column {', '.join(lacking)} is not there.", _LAYOUT)
    twice = [name for name in COLUMNS if names.count(name) > 1]
    if twice:
        raise _wrong(path, line, f"the column {', '.join(twice)} is there twice.", _LAYOUT)
    return {name: names.index(name) for name in COLUMNS}


def _count(path: Path, line: int, row: list[str], places: dict[str, int]) -> Counted:
    cells = {name: identity(row[i]) if i < len(row) else "" for name, i in places.items()}
    if not cells["unit"]:
        raise _wrong(path, line, "there is no unit.", "Write the id that dossiers have.")
    if not MONTH.fullmatch(cells["month"]):
        raise _wrong(path, line, f"month is {cells['month']!r}.", "Write it as 2026-10.")
    return Counted(
        cells["unit"],
        cells["month"],
        _number(path, line, "received", cells["received"]),
        _number(path, line, "finished", cells["finished"]),
    )


def _number(path: Path, line: int, name: str, text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 13):
        raise _wrong(path, line, f"{name} is {text!r}.", "Write a whole number without separators.")
    return int(text)


def _wrong(path: Path, line: int, what: str, hint: str) -> UserError:
    return UserError(f"{path}:{line}: {what}", hint)
