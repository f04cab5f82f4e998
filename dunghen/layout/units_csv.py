"""units.csv with other places of tiles: of a file that people keep, nothing else changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dossiers.errors import UserError

MOST_BYTES = 16 << 20
_DELIMITERS = ",;\t"


@dataclass
class RawLine:
    """One line as it stands: its cells with their quotes, and how it ends."""

    cells: list[str]
    end: str


def with_places(raw: bytes, places: Mapping[str, tuple[float, float]]) -> bytes:
    """``raw`` with x and y of the units in ``places`` (by id), every other byte as it was. Columns
    that are missing are added at the right. Raises UserError for what is no table of units."""
    lines, delimiter, mark = _split(raw)
    head = [plain(cell).strip().lower() for cell in lines[0].cells]
    if "id" not in head:
        raise UserError("units.csv has no column id.", "Its first line names the columns.")
    places_of = {name: head.index(name) if name in head else len(head) for name in ("x", "y")}
    if places_of["x"] == places_of["y"]:
        places_of["y"] += 1
    for number, line in enumerate(lines):
        if line.cells == [""]:
            continue
        wanted = places.get(plain(line.cells[head.index("id")]).strip()) if number else ("x", "y")
        _set(line, places_of, wanted, new=len(head), head=not number)
    return mark + "".join(delimiter.join(line.cells) + line.end for line in lines).encode()


def _set(
    line: RawLine,
    at: Mapping[str, int],
    wanted: tuple[object, object] | None,
    *,
    new: int,
    head: bool,
) -> None:
    added = [index for index in at.values() if index >= new]
    if added:
        line.cells += [""] * (max(added) + 1 - len(line.cells))
    for name, value in zip(("x", "y"), wanted or (), strict=False):
        index = at[name]
        if head and index < new:
            continue
        line.cells += [""] * (index + 1 - len(line.cells))
        line.cells[index] = f"{value:g}" if isinstance(value, float) else str(value)


def rows(raw: bytes) -> Iterator[dict[str, str]]:
    """The lines below the head, by column."""
    lines, _, _ = _split(raw)
    head = [plain(cell).strip().lower() for cell in lines[0].cells]
    for line in lines[1:]:
        if line.cells != [""]:
            cells = [plain(cell).strip() for cell in line.cells]
            yield dict(zip(head, cells, strict=False))


def plain(cell: str) -> str:
    """What a cell says without its quotes."""
    text = cell.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        return text[1:-1].replace('""', '"')
    return cell


def _split(raw: bytes) -> tuple[list[RawLine], str, bytes]:
    """Lines, the delimiter, and the byte order mark. Raises UserError."""
    mark = b"\xef\xbb\xbf" if raw.startswith(b"\xef\xbb\xbf") else b""
    if len(raw) > MOST_BYTES:
        raise UserError("units.csv is larger than 16 MB.")
    try:
        text = raw[len(mark) :].decode("utf-8")
    except UnicodeDecodeError as error:
        raise UserError(f"units.csv is no UTF-8: {error.reason}.", "Save it as UTF-8.") from error
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    lines = list(_lines(text, delimiter))
    if not lines:
        raise UserError("units.csv is empty.")
    return lines, delimiter, mark


def _lines(text: str, delimiter: str) -> Iterator[RawLine]:
    cells, start, quoted = [], 0, False
    at = 0
    while at < len(text):
        sign = text[at]
        if sign == '"':
            quoted = not quoted
        elif sign == delimiter and not quoted:
            cells.append(text[start:at])
            start = at + 1
        elif sign in "\r\n" and not quoted:
            end = "\r\n" if text.startswith("\r\n", at) else sign
            yield RawLine([*cells, text[start:at]], end)
            at += len(end) - 1
            cells, start = [], at + 1
        at += 1
    if start < len(text) or cells:
        yield RawLine([*cells, text[start:]], "")
