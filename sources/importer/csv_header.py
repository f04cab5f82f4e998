"""The first lines of a CSV log: the delimiter that a spreadsheet announces, and the names."""

from __future__ import annotations

import csv
import re
from typing import NamedTuple

from dossiers.text.identity import identity
from sources.importer.csv_lines import Lines
from sources.importer.files import EventLogFile
from sources.importer.rows import MAX_COLUMNS, MAX_NAME, LogError
from sources.mapping import Mapping

BOM = "\ufeff"
_DELIMITERS = (",", ";", "\t", "|")
_ANNOUNCED = re.compile(r"\"?sep=([^\w\s\"]|\t)\"?", re.IGNORECASE)
_LONGEST = 1_000_000  # characters
_BLANK_LINES = 1_000  # before the columns' names


class CsvHeader(NamedTuple):
    """``names``: as they are compared; ``raw``: as they stand there. ``least``: the columns up to
    the last one with a name; rows may leave out those behind it."""

    names: list[str]
    raw: list[str]
    delimiter: str
    least: int


def is_announcement(line: str) -> re.Match[str] | None:
    """``sep=;``, which Excel writes and reads before the columns' names."""
    return _ANNOUNCED.fullmatch(line.strip("\r\n")) if len(line) < 10 else None


def read_header(file: EventLogFile, lines: Lines, mapping: Mapping) -> CsvHeader:
    """Column names and delimiter: the announced one, else of the usual ones that which gives most
    mapped columns. Raises LogError."""
    line = _first(lines)
    announced = is_announcement(line)
    if announced is not None:
        line = _first(lines)
    if not line.strip():
        raise LogError(f"{file.path}: has no line of column names.")
    if lines.damaged or "\x00" in line:
        raise LogError(
            f"{file.path}: its first line is not UTF-8 text; save it as CSV UTF-8"
            + (" (it looks like UTF-16)." if "\x00" in line else ".")
        )
    if lines.cut or len(line) > _LONGEST:
        raise LogError(
            f"{file.path}: its first line has more than {_LONGEST:,} characters; a log begins with "
            "a line of column names."
        )
    wanted = set(mapping.columns.mapped().values())
    readings = []
    for delimiter in (announced[1],) if announced is not None else _DELIMITERS:
        try:
            raw = next(csv.reader([line], delimiter=delimiter), [])
        except csv.Error:
            continue
        if len(raw) > MAX_COLUMNS:
            readings.append((0, len(raw), raw, raw, delimiter))
            continue
        names = [identity(name) for name in raw]
        readings.append((len(wanted.intersection(names)), len(raw), names, raw, delimiter))
    found, width, names, raw, delimiter = max(readings, key=lambda reading: reading[:2])
    _check(file, names, sorted(wanted) if found else [])
    least = max((place + 1 for place in range(width) if names[place]), default=width)
    return CsvHeader(names, raw, delimiter, least)


def _first(lines: Lines) -> str:
    """The next line that is not blank; "" if there is none."""
    for _ in range(_BLANK_LINES):
        line = lines.begin()
        bare = line.lstrip(BOM)
        if not line or bare.strip():
            return bare
    return ""


def _check(file: EventLogFile, names: list[str], wanted: list[str]) -> None:
    if len(names) > MAX_COLUMNS:
        raise LogError(
            f"{file.path}: its first line names {len(names):,} columns; at most {MAX_COLUMNS:,} "
            "are read. Keep those that the mapping names."
        )
    longest = max(map(len, names), default=0)
    if longest > MAX_NAME:
        raise LogError(
            f"{file.path}: a column's name has {longest:,} characters; at most {MAX_NAME:,} are "
            "read. Shorten it."
        )
    twice = [name for name in wanted if names.count(name) > 1]
    if twice:
        raise LogError(
            f"{file.path}: more than one column is called {twice[0]!r}; rename all but one."
        )
