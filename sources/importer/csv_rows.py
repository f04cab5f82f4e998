"""Rows of a CSV log. One bad row costs itself and nothing else."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable, Iterator, Sequence

from sources.importer.csv_lines import LONGEST_LINE, Lines, RecordTooLong
from sources.importer.files import LogFile
from sources.importer.rows import (
    MAX_FIELD,
    NO_VALUES,
    LogError,
    Row,
    digest_of,
    is_case_column,
    pair,
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
    reader = csv.reader(lines, delimiter=delimiter)
    for number in itertools.count(1):
        fields, fault = _record(reader, lines, width)
        if fields is None and fault is None:
            return
        if fault is None and lines.damaged:
            fault = _NO_UTF8
        if fields is None or len(fields) != width:
            yield Row(number, lines.first, NO_VALUES, b"", fault)
        elif fault is not None:
            yield Row(number, lines.first, values_of(fields), b"", fault)
        else:
            yield Row(number, lines.first, values_of(fields), digest(fields))


def _record(
    reader: Iterator[list[str]], lines: Lines, width: int
) -> tuple[list[str] | None, tuple[str, str] | None]:
    """The next record's fields and what is wrong with it; (None, None) at the end of the file."""
    while True:
        lines.begin()
        try:
            fields = next(reader)
        except StopIteration:
            return None, None
        except (csv.Error, RecordTooLong):
            lines.give_back()
            return None, (
                "malformed_row",
                "opens a quoted field that does not end; close the quote or double it",
            )
        if not fields:
            continue  # an empty line is no row
        if lines.cut:
            return fields, ("field_too_long", f"is longer than {LONGEST_LINE:,} bytes")
        if len(fields) != width:
            spans = len(lines.taken)
            if spans > 1:
                # Most likely a stray quote swallowed the rows that follow: they get a second try.
                lines.give_back()
            return fields, (
                "malformed_row",
                f"has {len(fields)} columns where the first line names {width}"
                + (" (a quote may be open)" if spans > 1 else "")
                + "; quote fields that contain the delimiter",
            )
        if sum(len(line) for line, _ in lines.taken) > MAX_FIELD:
            longest = max(range(width), key=lambda i: len(fields[i]))
            if len(fields[longest]) > MAX_FIELD:
                return fields, too_long(f"number {longest + 1}", len(fields[longest]))
        return fields, None


def _header(file: LogFile, lines: Lines, mapping: Mapping) -> tuple[list[str], str]:
    """Column names and delimiter: of the usual ones, that which gives most mapped columns."""
    lines.begin()
    try:
        line = next(lines).removeprefix("\ufeff")
    except StopIteration:
        raise LogError(f"{file.path}: has no line of column names.") from None
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


def _picker(header: list[str], mapping: Mapping) -> Callable[[Sequence[str]], tuple[str, ...]]:
    mapped = mapping.columns.mapped()
    places = [header.index(mapped[role]) if role in mapped else -1 for role in ROLES]

    def pick(fields: Sequence[str]) -> tuple[str, ...]:
        return tuple([fields[place] if place >= 0 else "" for place in places])

    return pick


def _digester(header: list[str]) -> Callable[[Sequence[str]], bytes]:
    order = sorted(range(len(header)), key=lambda place: header[place])
    case = [(place, pair(header[place])) for place in order if is_case_column(header[place])]
    own = [(place, pair(header[place])) for place in order if not is_case_column(header[place])]

    def digest(fields: Sequence[str]) -> bytes:
        return digest_of(
            [name + value for place, name in case if (value := fields[place])],
            [name + value for place, name in own if (value := fields[place])],
        )

    return digest
