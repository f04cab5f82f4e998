"""Payloads from a file, a line at a time, into the live timeline."""

from __future__ import annotations

import itertools
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import msgspec

from broker.errors import BrokerAway
from broker.kafka import Kafka
from dossiers.errors import UserError
from dossiers.text.kept_ids import ALL_KEPT, KeptIds
from dossiers.text.keyed import Keyed
from dossiers.time.hours import DAY
from dossiers.wire.events import AnyDossierEvent, encode_event
from dossiers.wire.reference import Reference
from dunghen.ingest.admission import names_for_a_file
from dunghen.ingest.payloads import wall_clock
from dunghen.ingest.sending import PATIENCE, WINDOW, LineSender, Silent
from dunghen.settings.installation import Installation
from dunghen.terminal.errors import INTERRUPTED
from dunghen.timeline.current import require_timeline
from dunghen.timeline.hash_key import required_key
from dunghen.timeline.reading import read_from_now_on
from dunghen.wiring import form_of
from sources.acknowledged import AcknowledgedSender
from sources.portal.envelope import DOSSIERS, PROGRESS, Batch, read_envelope
from sources.portal.json_body import EnvelopeError
from sources.portal.name_admission import NameAdmission
from sources.portal.steps import KnownSteps

_Event = TypeVar("_Event", bound=AnyDossierEvent)
_LONGEST = 16_000_000  # bytes of a line
_OLD = 30 * DAY  # ms; well within the retention of closed dossiers


@dataclass
class FileReport:
    """What became of a file. ``accepted``: records that Kafka has. ``refused``: line, dossier (""
    if unknown) and reason of each. ``go_on_at``: the first line that Kafka may not have, None once
    all were sent."""

    lines: int = 0
    accepted: int = 0
    refused: list[dict[str, object]] = field(default_factory=list)
    unread: int = 0
    go_on_at: int | None = None

    def refuse(self, line: int, reason: str, dossier: str = "") -> None:
        """Note that a record, or a ``line`` as a whole, is not taken."""
        self.refused.append({"line": line, "MaHoSo": dossier, "reason": reason})


@dataclass(frozen=True)
class _File:
    """A file and how its lines are read; see ``read_line``. ``keyed``: of the timeline's hashes.
    ``references``: what counts now, and what is to come."""

    path: Path
    unit: str
    keyed: Keyed | None
    ids: KeptIds
    steps: KnownSteps
    references: tuple[Reference, ...]


def ingest_file(
    installation: Installation,
    path: Path,
    unit: str,
    tell: Callable[[FileReport], None],
    *,
    first: int = 1,
) -> bool:
    """Publish all that can be read, from line ``first`` on; True if nothing was refused. ``unit``:
    madonvi of lines that have none. ``tell``: called once, with what became of the file.

    Raises UserError; if Kafka goes away in between, after telling what it has.
    """
    file = _file(installation, path, unit)
    report = FileReport()
    sender = AcknowledgedSender(
        # What it has to say is said below, in a sentence.
        Kafka(installation.endpoints().kafka, {**installation.client, "log_level": 0}),
        most=2 * WINDOW,
        timeout=PATIENCE,
    )
    lines = LineSender(sender, report.refuse, _say_that_it_waits, through=first - 1)
    why: BaseException | None = None
    try:
        with names_for_a_file(installation, file.keyed, file.references) as names:
            _send(file, lines, report, first, names)
    except (Silent, KeyboardInterrupt) as error:
        why = error
        report.go_on_at = lines.through + 1
    finally:
        sender.abandon()
    report.accepted = lines.accepted
    tell(report)
    if why is not None:
        raise _unfinished(path, report.go_on_at or 1, why)
    return not report.refused


def _file(installation: Installation, path: Path, unit: str) -> _File:
    """The file, with what Kafka and the settings say about reading it. Raises UserError, also if
    Kafka is away: then nothing was sent."""
    try:
        timeline = require_timeline(installation, "live")
        keyed = required_key(installation, timeline)
        references = read_from_now_on(
            installation.endpoints().kafka, wall_clock(), client=installation.client
        )
    except BrokerAway as away:
        raise UserError(
            f"{away.message} Nothing of {path} was sent.",
            "Run the same command again once Kafka is back (`dunghen status`).",
        ) from away
    steps = KnownSteps(installation.settings.portal.step_field)
    steps.refer(references)
    ids = KeptIds(keyed, form_of(installation.settings))
    return _File(path, unit, keyed, ids, steps, references)


def _send(
    file: _File, lines: LineSender, told: FileReport, first: int, names: NameAdmission | None
) -> None:
    numbers = itertools.count()
    made = _Made(file.path)
    for number, line in _lines(file.path):
        before = number < first  # read, so that what follows has the number it had
        told.lines += not before
        try:
            batch = read_line(line, file.unit, numbers, made, names, file.steps, file.ids)
        except EnvelopeError as error:
            if not before:
                told.refuse(number, str(error))
            continue
        if before:
            continue
        records = [(e.dossier_id.encode(), encode_event(e)) for e in batch.all_events]
        lines.send(number, records, len(batch.events))
        told.unread += len(batch.unread)
        for refused in batch.refused:
            told.refuse(number, refused.reason, refused.dossier)
    lines.settle()


def _unfinished(path: Path, line: int, why: BaseException) -> UserError:
    """The sentence that says how to go on."""
    stopped = isinstance(why, KeyboardInterrupt)
    sent = f"lines up to {line - 1} are sent" if line > 1 else "no line is surely sent"
    return UserError(
        f"{'Stopped' if stopped else 'Kafka does not answer'}: {sent}, of those that follow "
        "perhaps some.",
        f"Go on with the same command and --from-line {line}"
        f"{'' if stopped else ' once Kafka is back (`dunghen status`)'}; what is sent twice counts "
        f"once, so all of {path} may be sent again as well.",
        exit_code=INTERRUPTED if stopped else 2,
    )


def _say_that_it_waits() -> None:
    print(f"Kafka does not answer; waiting for up to {PATIENCE:.0f} s.", file=sys.stderr)


class _Made:
    """When the records of a file were made that do not say so (ms): when the file was written, and
    what it says of a dossier later a moment later. So they are the same events whenever the file is
    sent again. For an old file it is the present: what is long ago counts as archived."""

    def __init__(self, path: Path) -> None:
        self._seen: Counter[int] = Counter()  # by the hash of the id: files may be large
        self._written = 0
        with suppress(OSError):  # _lines says what is wrong
            # A little earlier, so that no moment lies ahead of the clock.
            at = int(path.stat().st_mtime - 1) * 1_000
            if path.is_file() and at > wall_clock() - _OLD:
                self._written = at

    def __call__(self, dossier: str) -> int:
        if not self._written:
            return wall_clock()
        place = hash(dossier)
        self._seen[place] += 1
        return self._written + self._seen[place] - 1


def read_line(
    line: bytes,
    unit: str,
    numbers: Iterator[int],
    made: Callable[[str], int] | None = None,
    names: NameAdmission | None = None,
    steps: KnownSteps | None = None,
    ids: KeptIds = ALL_KEPT,
) -> Batch:
    """An envelope, or a record: of progress if it says when something was done. Parameters as of
    ``PortalEnvelope.read``. Raises EnvelopeError."""
    try:
        content = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise EnvelopeError("The line is no valid JSON in UTF-8.") from None
    if isinstance(content, dict) and "data" not in content:
        service = PROGRESS if "ThoiDiemXuLy" in content else DOSSIERS
        envelope = {"service": service, "madonvi": unit, "data": [content]}
        line = msgspec.json.encode(envelope)
    found = read_envelope(line, unit=unit, ids=ids)
    batch = found.read(wall_clock(), numbers, made, names, steps)
    batch.events = [_recorded_as_dated(event) for event in batch.events]
    batch.traits = [(index, _recorded_as_dated(event)) for index, event in batch.traits]
    return batch


def _recorded_as_dated(event: _Event) -> _Event:
    """When a file is read says nothing about when its sender knew."""
    return msgspec.structs.replace(event, received_at=event.occurred_at)


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
