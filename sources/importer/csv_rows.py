"""Rows of a CSV log. One bad row costs itself and nothing else."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from itertools import chain
from operator import itemgetter

from sources.importer.csv_lines import LONGEST_LINE, Lines, RecordTooLong
from sources.importer.files import LogFile
from sources.importer.rows import (
    MAX_FIELD,
    NO_VALUES,
    SEPARATOR,
    LogError,
    Row,
    digest_of,
    digest_of_text,
    too_long,
)
from sources.mapping import ROLES, Mapping, check_columns

_DELIMITERS = (",", ";", "\t", "|")
_NO_UTF8 = (
    "invalid_utf8",
    "is not valid UTF-8; save the log as UTF-8 and import it again",
)


def read_csv(file: LogFile, mapping: Mapping) -> Iterator[Row]:
    """All data rows in file order; those that cannot be taken carry their fault.

    Raises LogError for a file without usable column names, MappingError for a missing column.
    """
    before = csv.field_size_limit(LONGEST_LINE)  # the module's own 128 kB would stop the import
    try:
        yield from _rows(file, mapping)
    finally:
        csv.field_size_limit(before)


def _rows(file: LogFile, mapping: Mapping) -> Iterator[Row]:
    lines = Lines(file.stream)
    header, delimiter = _header(file, lines, mapping)
    check_columns(mapping, header, file.name)
    values_of = _picker(header, mapping)
    digest = _digester(header)
    width = len(header)
    number = 0
    while line := lines.begin():
        if '"' in line:
            fields, fault = _quoted(line, lines, delimiter)
        elif line.isspace():
            continue  # an empty line is no row
        else:
            fields, fault = line.rstrip("\r\n").split(delimiter), None
        number += 1
        if fault is None:
            fault = _fault(fields, lines, line, width)
        if fault is None:
            yield Row(number, lines.number, values_of(fields), digest(fields))
        else:
            values = values_of(fields) if len(fields) == width else NO_VALUES
            yield Row(number, lines.number, values, b"", fault)


def _quoted(line: str, lines: Lines, delimiter: str) -> tuple[list[str], tuple[str, str] | None]:
    """The fields of a record with quotes, which may run over several lines."""
    try:
        return next(csv.reader(chain((line,), lines), delimiter=delimiter)), None
    except (csv.Error, RecordTooLong):
        lines.give_back()
        return [], (
            "malformed_row",
            "opens a quoted field that does not end; close the quote or double it",
        )


def _fault(fields: list[str], lines: Lines, line: str, width: int) -> tuple[str, str] | None:
    """(reason code, sentence) if a record cannot be taken as it stands."""
    if lines.cut:
        return "field_too_long", f"is longer than {LONGEST_LINE:,} bytes"
    if len(fields) != width:
        spans = lines.spans
        if spans > 1:
            # Most likely a stray quote swallowed the rows that follow: they get a second try.
            lines.give_back()
        return (
            "malformed_row",
            f"has {len(fields)} columns where the first line names {width}"
            + (" (a quote may be open)" if spans > 1 else "")
            + "; quote fields that contain the delimiter",
        )
    if len(line) > MAX_FIELD or lines.spans > 1:
        longest = max(range(width), key=lambda place: len(fields[place]))
        if len(fields[longest]) > MAX_FIELD:
            return too_long(f"number {longest + 1}", len(fields[longest]))
    return _NO_UTF8 if lines.damaged else None


def _header(file: LogFile, lines: Lines, mapping: Mapping) -> tuple[list[str], str]:
    """Column names and delimiter: of the usual ones, that which gives most mapped columns."""
    line = lines.begin().removeprefix("\ufeff")
    if not line.strip():
        raise LogError(f"{file.path}: has no line of column names.")
    if lines.damaged or "\x00" in line:
        raise LogError(f"{file.path}: its first line is not UTF-8 text; save it as CSV UTF-8.")
    wanted = set(mapping.columns.mapped().values())
    readings = []
    for delimiter in _DELIMITERS:
        try:
            names = [name.strip() for name in next(csv.reader([line], delimiter=delimiter), [])]
        except csv.Error:
            continue
        readings.append((len(wanted.intersection(names)), len(names), names, delimiter))
    found, _, names, delimiter = max(readings, key=lambda reading: reading[:2])
    twice = sorted(name for name in wanted if names.count(name) > 1)
    if found and twice:
        raise LogError(
            f"{file.path}: more than one column is called {twice[0]!r}; rename all but one."
        )
    return names, delimiter


def _picker(header: list[str], mapping: Mapping) -> Callable[[list[str]], tuple[str, ...]]:
    """Takes the mapped values out of a row's fields, in the order of ROLES."""
    mapped = mapping.columns.mapped()
    nothing = len(header)  # unmapped roles take an empty field put behind the last one
    take = itemgetter(
        *(header.index(mapped[role]) if role in mapped else nothing for role in ROLES)
    )

    def pick(fields: list[str]) -> tuple[str, ...]:
        return take([*fields, ""])  # type: ignore[no-any-return]

    return pick


def _digester(header: list[str]) -> Callable[[list[str]], bytes]:
    order = sorted(range(len(header)), key=lambda place: header[place])
    names = [header[place] for place in order]
    all_names = SEPARATOR.join(names)

    def digest(fields: list[str]) -> bytes:
        values = [fields[place] for place in order]
        if "" not in values:
            return digest_of_text(all_names, SEPARATOR.join(values))
        filled = [(name, value) for name, value in zip(names, values, strict=True) if value]
        return digest_of([name for name, _ in filled], [value for _, value in filled])

    return digest
