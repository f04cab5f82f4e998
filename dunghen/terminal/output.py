"""What reaches a terminal is text: a terminal does what control characters tell it, and ids, names
and payloads from outside may hold some."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from typing import TextIO

import msgspec
from rich.console import Console

# All that a terminal obeys but line ends and tabs, and what turns the order of letters around.
_CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069"
_ANY = re.compile(f"[{_CONTROL}\x1b]|\r(?!\n)")
_BUT_COLOURS = re.compile(f"[{_CONTROL}]|\x1b(?!\\[[0-9;]{{0,20}}m)|\r(?!\n)")


def plain(text: str) -> str:
    """``text`` with control characters spelled out."""
    return _ANY.sub(_spelled, text)


def results() -> Console:
    """Where results are printed: what looks like markup in them is text, too."""
    return Console(markup=False, emoji=False, highlight=False)


class PlainOutput(io.TextIOBase):
    """Standard output without control characters, but for colours on a terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._control = _BUT_COLOURS if stream.isatty() else _ANY

    def write(self, text: str, /) -> int:
        self._stream.write(self._control.sub(_spelled, text))
        return len(text)

    def flush(self) -> None:
        self._stream.flush()

    def isatty(self) -> bool:
        return self._stream.isatty()

    def fileno(self) -> int:
        return self._stream.fileno()

    def writable(self) -> bool:
        return True

    @property
    def buffer(self) -> object:
        """For bytes, as of a CSV file; they go out after what was written before."""
        self._stream.flush()
        return self._stream.buffer

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._stream.encoding


def _spelled(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()


def as_json(value: object) -> str:
    """One line of JSON."""
    return msgspec.json.encode(value).decode()


def iso(ms: int) -> str:
    """ISO 8601 in UTC with milliseconds."""
    at = datetime.fromtimestamp(ms // 1000, UTC).replace(microsecond=ms % 1000 * 1000)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
