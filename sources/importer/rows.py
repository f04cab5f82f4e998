"""What both readers (CSV, XES) hand on: the mapped values of one row, and what identifies it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import NamedTuple

from dossiers.errors import UserError
from sources.mapping import ROLES

DIGEST_SIZE = 16
# Characters of one field of a row that is taken. What stands in the mapped columns has shorter
# limits of its own; the rest only goes through a hash.
MAX_FIELD = 1_000_000
MAX_NAME = 1_000  # characters of a name: a column's, an activity's, an officer's, a unit's
MAX_COLUMNS = 2_000
SEPARATOR, _PART = "\x1f", "\x1d"


Fault = tuple[str, str]  # reason code, sentence


class LogError(UserError):
    """The log as a whole cannot be used; says which file, why, and what to do."""


class LogRow(NamedTuple):
    """One row. ``number``: 1 for the first data row; ``line``: of the file, where it begins.

    ``values``: the mapped columns' text in the order of sources.mapping.ROLES, empty if
    unmapped, and then that of the columns of traits. ``digest``: equal for rows that are equal in
    all columns, mapped or not. ``fault``:
    (reason code, sentence) if the row cannot be taken at all. ``bare``: a trace without events.
    ``ends``: no row, but the place where reading ended too early, as the fault says.
    """

    number: int
    line: int
    values: Sequence[str]
    digest: bytes
    fault: Fault | None = None
    bare: bool = False
    ends: bool = False


NO_VALUES: tuple[str, ...] = ("",) * len(ROLES)


def digest_of(names: Iterable[str], values: Iterable[str]) -> bytes:
    """Identifies a row by its columns: names and values sorted by name, empty ones left out. So
    the order of columns, and whether a log came as CSV or XES, make no difference."""
    return digest_of_text(SEPARATOR.join(names), SEPARATOR.join(values))


def digest_of_text(names: str, values: str) -> bytes:
    """The same for names and values that are joined already."""
    content = f"{names}{_PART}{values}".encode("utf-8", "surrogatepass")
    return blake2b(content, digest_size=DIGEST_SIZE).digest()


def broken_off(reason: str, number: int, line: int, why: str) -> LogRow:
    """The place where a log breaks off, in the place of its next row. ``why``: in words."""
    fault = (
        reason,
        f"the file breaks off: {why}. What stands complete before this place was read, what "
        "follows is missing; repair the file and import it again",
    )
    return LogRow(number, line, NO_VALUES, b"", fault, ends=True)


def too_long(column: str, length: int) -> Fault:
    """The fault of a row with a field of ``length`` characters in ``column``."""
    return (
        "field_too_long",
        f"column {column!r} holds {length:,} characters; at most {MAX_FIELD:,} are taken. "
        "Shorten it or leave the column out",
    )
