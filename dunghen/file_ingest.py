"""Payloads from a file, a line at a time, into the live time line."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import msgspec

from dunghen.context import Context
from dunghen.errors import UserError
from dunghen.ingesting import wall_clock
from dunghen.wiring import require_timeline
from sources.portal.envelope import DOSSIERS, PROGRESS, Batch, EnvelopeError, read_envelope
from sources.publisher import Publisher

SHOWN = 20  # refused records that are printed; --json has them all
_LONGEST = 16_000_000  # bytes of a line


@dataclass
class Told:
    """What became of a file. ``refused``: line, dossier ("" if unknown) and reason of each."""

    lines: int = 0
    accepted: int = 0
    refused: list[dict[str, object]] = field(default_factory=list)
    unread: int = 0


def ingest_file(context: Context, path: Path, unit: str, *, as_json: bool) -> bool:
    """Publish all that can be read; True if nothing was refused. Raises UserError."""
    timeline = require_timeline(context, "live")
    bootstrap = context.endpoints().kafka
    told = Told()
    numbers = itertools.count()
    with Publisher(bootstrap, timeline.partitions, options=context.client) as publisher:
        for number, line in _lines(path):
            told.lines += 1
            try:
                batch = read_line(line, unit, numbers)
            except EnvelopeError as error:
                told.refused.append({"line": number, "MaHoSo": "", "reason": str(error)})
                continue
            for event in batch.events:
                publisher.publish(event)
            told.accepted += len(batch.events)
            told.unread += len(batch.unread)
            told.refused += [
                {"line": number, "MaHoSo": r.dossier, "reason": r.reason} for r in batch.refused
            ]
    print(json.dumps(asdict(told), ensure_ascii=False) if as_json else as_text(path, told))
    return not told.refused


def read_line(line: bytes, unit: str, numbers: Iterator[int]) -> Batch:
    """An envelope, or a record: of progress if it says when something was done. Raises
    EnvelopeError."""
    try:
        content = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise EnvelopeError("The line is no valid JSON in UTF-8.") from None
    if isinstance(content, dict) and "data" not in content:
        service = PROGRESS if "ThoiDiemXuLy" in content else DOSSIERS
        envelope = {"service": service, "madonvi": unit, "data": [content]}
        line = msgspec.json.encode(envelope)
    return read_envelope(line, unit=unit).read(wall_clock(), numbers)


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        with path.open("rb") as file:
            for number, line in enumerate(iter(lambda: file.readline(_LONGEST), b""), 1):
                if line.strip():
                    yield number, line.removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise UserError(
            f"{path} cannot be read: {error.strerror or error}.",
            "Give a file with one JSON payload or record a line.",
        ) from error


def as_text(path: Path, told: Told) -> str:
    """For a terminal."""
    lines = [
        f"line {refused['line']}: {refused['MaHoSo'] or '-'}: {refused['reason']}"
        for refused in told.refused[:SHOWN]
    ]
    if len(told.refused) > SHOWN:
        lines.append(f"... and {len(told.refused) - SHOWN} more; --json has them all")
    lines.append(
        f"{path}: {told.lines} lines, {told.accepted} records taken, {len(told.refused)} refused, "
        f"{told.unread} fields passed over"
    )
    return "\n".join(lines)
