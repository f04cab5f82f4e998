"""Rows of a CSV log. One bad row costs itself and nothing else."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from itertools import chain
from operator import itemgetter

from sources.importer.csv_header import BOM, CsvHeader, is_announcement, read_header
from sources.importer.csv_lines import (
    LARGEST_RECORD,
    LONGEST_LINE,
    Lines,
    Unended,
)
from sources.importer.files import EventLogFile
from sources.importer.rows import (
    MAX_FIELD,
    NO_VALUES,
    SEPARATOR,
    Fault,
    LogError,
    LogRow,
    broken_off,
    digest_of,
    digest_of_text,
    too_long,
)
from sources.mapping import ROLES, Mapping
from sources.mapping_file import MappingError, check_columns

_MOST_DELIMITERS = 500_000  # in one line with quotes: each may begin a field, which takes room


def read_csv(file: EventLogFile, mapping: Mapping) -> Iterator[LogRow]:
    """All data rows in file order; those that cannot be taken carry their fault.

    Empty rows, rows of delimiters only and repetitions of the first line (files that were put
    together) are none. If the file breaks off, a last row says so. Raises LogError for a file
    without usable column names or rows, MappingError for a missing column.
    """
    before = csv.field_size_limit(LONGEST_LINE)  # the module's own 128 kB would stop the import
    try:
        yield from _rows(file, mapping)
    finally:
        csv.field_size_limit(before)


def _rows(file: EventLogFile, mapping: Mapping) -> Iterator[LogRow]:
    lines = Lines(file.stream)
    header = read_header(file, lines, mapping)
    try:
        check_columns(mapping, header.names, file.name)
    except MappingError:
        lines.begin()
        if lines.broken is None:
            raise
        # A file that breaks off at once may have lost the names, too.
    values_of = _picker(header.names, mapping)
    digest = _digester(header.names)
    delimiter, raw, width = header.delimiter, header.raw, len(header.names)
    number = 0
    fields: list[str]
    while line := lines.begin():
        if line[0] == BOM:  # of a file that was put behind another one
            line = line.lstrip(BOM) or "\n"
        fault = None
        if lines.cut:
            fields, fault = (
                [],
                (
                    "field_too_long",
                    f"is longer than {LONGEST_LINE:,} bytes, in one column or all of them",
                ),
            )
        elif '"' in line:
            fields, fault = _quoted(line, lines, header)
        elif line.isspace():
            continue  # an empty line is no row
        else:
            fields = line.rstrip("\r\n").split(delimiter, width)
        if fault is None:
            if fields == raw or (
                (not fields[0] or fields[0].isspace()) and _is_empty(fields, header)
            ):
                continue
            if len(fields) != width:
                if is_announcement(line):
                    continue
                fields, fault = _fitted(fields, lines, line, header)
        if fault is None:
            fault = _fault(fields, lines, line, header)
        number += 1
        if fault is None:
            yield LogRow(number, lines.number, values_of(fields), digest(fields))
        else:
            values = values_of(fields) if len(fields) == width else NO_VALUES
            yield LogRow(number, lines.number, values, b"", fault)
    if lines.broken is not None:
        if number == 0:
            raise LogError(f"{file.path}: {lines.broken}; nothing before that place can be used.")
        yield broken_off("broken_off", number + 1, lines.number, lines.broken)


def _quoted(line: str, lines: Lines, header: CsvHeader) -> tuple[list[str], Fault | None]:
    """The fields of a record with quotes, which may run over several lines."""
    delimiter = header.delimiter
    if len(line) > _MOST_DELIMITERS and line.count(delimiter) > _MOST_DELIMITERS:
        return [], ("malformed_row", f"has more than {_MOST_DELIMITERS:,} columns")
    try:
        return next(csv.reader(chain((line,), lines), delimiter=delimiter)), None
    except (csv.Error, Unended):
        lines.give_back()
        place = line.partition('"')[0].count(delimiter)
        name = header.names[place] if place < len(header.names) else f"number {place + 1}"
        return [], (
            "malformed_row",
            f"column {name!r} opens a quoted field that does not end within {LARGEST_RECORD:,} "
            "characters; close the quote or double it",
        )


def _is_empty(fields: list[str], header: CsvHeader) -> bool:
    width = len(header.names)
    return not any(map(str.strip, fields[:width])) and _is_rest(fields[width:], header)


def _is_rest(fields: list[str], header: CsvHeader) -> bool:
    """Whether what stands behind the last column is nothing but delimiters."""
    return not any(field.strip(header.delimiter + " ") for field in fields)


def _fitted(
    fields: list[str], lines: Lines, line: str, header: CsvHeader
) -> tuple[list[str], Fault | None]:
    """As many fields as there are columns: those without a name may be left out or, if they are
    empty, follow."""
    width, count = len(header.names), len(fields)
    if header.least <= count < width:
        return fields + [""] * (width - count), None
    if count > width and _is_rest(fields[width:], header):
        return fields[:width], None
    spans = lines.spans
    if spans > 1:
        # Most likely a stray quote swallowed the rows that follow: they get a second try.
        lines.give_back()
    elif '"' not in line:
        count = line.count(header.delimiter) + 1
    return fields, (
        "malformed_row",
        f"has {count} columns where the first line names {width}"
        + (" (a quote may be open)" if spans > 1 else "")
        + "; quote fields that contain the delimiter",
    )


def _fault(fields: list[str], lines: Lines, line: str, header: CsvHeader) -> Fault | None:
    """What keeps a record from being taken as it stands."""
    if lines.cut:
        return "field_too_long", f"has a line of more than {LONGEST_LINE:,} bytes"
    if len(line) > MAX_FIELD or lines.spans > 1:
        longest = max(range(len(fields)), key=lambda place: len(fields[place]))
        if len(fields[longest]) > MAX_FIELD:
            return too_long(header.names[longest], len(fields[longest]))
    if not lines.damaged:
        return None
    place = next((place for place, field in enumerate(fields) if "\ufffd" in field), 0)
    return (
        "invalid_utf8",
        f"column {header.names[place]!r} is not valid UTF-8; save the log as UTF-8 and import it "
        "again",
    )


def _picker(header: list[str], mapping: Mapping) -> Callable[[list[str]], tuple[str, ...]]:
    """Takes the mapped values out of a row's fields, in the order of ROLES, then the traits."""
    mapped = mapping.columns.mapped()
    nothing = len(header)  # unmapped roles take an empty field put behind the last one
    take = itemgetter(
        *(
            header.index(column) if column in header else nothing
            for column in (*map(mapped.get, ROLES), *mapping.traits.mapped().values())
        )
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
