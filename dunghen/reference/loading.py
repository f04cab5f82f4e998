"""``dunghen reference load | diff | show``: the timeline's reference data."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from broker.kafka import Kafka
from dossiers.errors import UserError
from dossiers.reference.diff import Changes, differences
from dossiers.reference.in_force import InForce
from dossiers.wire.records import Timeline
from dossiers.wire.reference import Reference, content_hash
from dunghen.reference.files import counts, in_words, valid_folder
from dunghen.settings.installation import Installation
from dunghen.stack.attached import on_stack
from dunghen.timeline.current import require_timeline
from dunghen.timeline.hash_key import required_key
from dunghen.timeline.hashed_names import with_names
from dunghen.timeline.positions import read_positions
from dunghen.timeline.topics import data_now, load_reference, read_in_force
from sources.reference.writing import write_folder

TAKEN_SECONDS = 120.0  # until every partition has it; a million dossiers are folded again
_LEAD = 3.0  # s ahead of the data's time, so that it counts from one instant in every partition
_POLL = 0.3
_SHOWN = 8  # ids in a line of a diff


@dataclass(frozen=True)
class LoadedReference:
    hash: str
    since: int
    known: bool
    reference: Reference


def run_load(folder: Path, state: Path | None, since: str, *, as_json: bool) -> None:
    """Load ``folder``; wait until every partition has it. Raises UserError."""
    done = on_stack(state, partial(_load, folder, since))
    at = _local(done.since, done.reference)
    if as_json:
        answer = {"hash": done.hash, "since": done.since, "loaded": not done.known}
        print(json.dumps(answer))
    elif done.known:
        print(f"Nothing to do: this content is in force already.\n{done.hash}")
    else:
        print(f"Loaded: {in_words(done.reference)}.\nIt counts from {at}.\n{done.hash}")


def _load(
    folder: Path, since: str, installation: Installation, note: Callable[[str], None]
) -> LoadedReference:
    timeline = require_timeline(installation)
    kafka = installation.endpoints().kafka
    # A replay's log never drops a dossier.
    reference = valid_folder(folder, tombstones=timeline.kind != "replay")
    reference = with_names(reference, required_key(installation, timeline))
    at = _instant(since, reference, timeline, installation)
    known = not load_reference(kafka, reference, at, client=installation.client)
    digest = content_hash(reference)
    if not known:
        note("Waiting until every partition has it ...")
        _await(kafka, timeline, digest, installation)
    return LoadedReference(digest, at, known, reference)


def _instant(
    since: str, reference: Reference, timeline: Timeline, installation: Installation
) -> int:
    """From when it counts (ms); never before the data's now, if verdicts are told."""
    kafka = installation.endpoints().kafka
    now = data_now(kafka, timeline.partitions, installation.client)
    if not since:
        time.sleep(1.0)
        later = data_now(kafka, timeline.partitions, installation.client)
        return later + int((later - now) * _LEAD)
    zone = _zone(reference)
    try:
        found = datetime.fromisoformat(since)
    except ValueError as error:
        raise UserError(
            f"{since!r} is no time.", "Write it as 2026-07-01 or 2026-07-01T08:00."
        ) from error
    at = int((found if found.tzinfo else found.replace(tzinfo=zone)).timestamp() * 1000)
    if at < now:
        raise UserError(
            f"--from {since} is before the data's now ({_local(now, reference)}): what has ended "
            "keeps its verdict.",
            "Leave --from out, or give rules.toml a version with that day as `since`: it holds for "
            "dossiers received from then on.",
        )
    return at


def _await(kafka: str, timeline: Timeline, digest: str, installation: Installation) -> None:
    deadline = time.monotonic() + TAKEN_SECONDS
    while True:
        found = read_positions(Kafka(kafka, installation.client), timeline.partitions)
        missing = [
            p
            for p in range(timeline.partitions)
            if p not in found or digest not in {hash_ for _, hash_ in found[p].activations}
        ]
        if not missing:
            return
        if time.monotonic() > deadline:
            raise UserError(
                f"It is written, but partitions {', '.join(map(str, missing))} have not taken it "
                f"within {TAKEN_SECONDS:.0f} s.",
                "Look at `dunghen status` and `dunghen dead-letters list`.",
                exit_code=1,
            )
        time.sleep(_POLL)


def run_diff(folder: Path, state: Path | None, *, as_json: bool) -> None:
    """Print what loading ``folder`` would change. Raises UserError."""
    found = on_stack(state, partial(_diff, folder))
    if as_json:
        print(msgspec.json.encode({k: c._asdict() for k, c in found.items()}).decode())
        return
    for kind, changes in found.items():
        print(f"{kind}: {_told(changes)}")
        for sign, ids in (("+", changes.added), ("-", changes.removed)):
            if ids:
                print(f"  {sign} {_some(ids)}")
        for id_, fields in list(changes.changed.items())[:_SHOWN]:
            print(f"  ~ {id_}: {', '.join(fields)}" if fields != ("value",) else f"  ~ {id_}")
        if len(changes.changed) > _SHOWN:
            print(f"  ~ and {len(changes.changed) - _SHOWN} more")
    if not found:
        print("No difference from what is in force.")


def _told(changes: Changes) -> str:
    return (
        f"{len(changes.added)} added, {len(changes.removed)} removed, "
        f"{len(changes.changed)} changed"
    )


def _some(ids: tuple[str, ...]) -> str:
    more = f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
    return ", ".join(ids[:_SHOWN]) + more


def _diff(
    folder: Path, installation: Installation, _note: Callable[[str], None]
) -> dict[str, Changes]:
    timeline = require_timeline(installation)
    new = valid_folder(folder, tombstones=timeline.kind != "replay")
    old, _, _ = _now(installation, timeline)
    return differences(old, new)


def _now(installation: Installation, timeline: Timeline) -> tuple[Reference, InForce, int]:
    kafka = installation.endpoints().kafka
    now = data_now(kafka, timeline.partitions, installation.client)
    reference, in_force = read_in_force(kafka, now, client=installation.client)
    return reference, in_force, now


def run_show(state: Path | None, write: Path | None, *, as_json: bool) -> None:
    """Print what is in force. Raises UserError."""
    reference, in_force, now = on_stack(state, lambda here, _: _now(here, require_timeline(here)))
    past = [each for each in in_force.activations() if each[0] <= now]
    past = past or [(since, context.hash) for since, context in in_force.spans(now)[:1]]
    since, digest = past[-1]
    coming = [each for each in in_force.activations() if each[0] > now]
    if write is not None:
        try:
            write_folder(reference, write)
        except (OSError, ValueError) as error:
            raise UserError(f"{write} cannot be written: {error}.") from error
    if as_json:
        answer = {
            "hash": digest, "since": since, "title": reference.title,
            "counts": counts(reference),
            "before": [{"hash": h, "since": s} for s, h in past[:-1]],
            "coming": [{"hash": h, "since": s} for s, h in coming],
        }  # fmt: skip
        print(json.dumps(answer, ensure_ascii=False))
        return
    began = _local(since, reference) if since else "the beginning"
    print(f"{reference.title or 'Reference data'}\nhash    {digest}\nsince   {began}")
    for kind, number in counts(reference).items():
        print(f"{number:>7} {kind}")
    for at, hash_ in coming:
        print(f"from {_local(at, reference)}: {hash_}")
    if write is not None:
        print(f"Written to {write}")


def _zone(reference: Reference) -> ZoneInfo:
    return ZoneInfo(reference.timezone)


def _local(at: int, reference: Reference) -> str:
    moment = datetime.fromtimestamp(at / 1000, _zone(reference))
    return moment.strftime("%Y-%m-%d %H:%M:%S")
