"""Reference data put into a timeline, and compared with what is in force there."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from broker.kafka import Kafka
from dossiers.errors import UserError
from dossiers.reference.diff import Changes, differences
from dossiers.reference.in_force import InForce
from dossiers.wire.reference import Reference, content_hash
from dossiers.wire.timeline import Timeline
from dunghen.reference.files import ValidFolder
from dunghen.settings.installation import Installation
from dunghen.timeline.activation import load_reference
from dunghen.timeline.current import require_timeline
from dunghen.timeline.hash_key import required_key
from dunghen.timeline.hashed_names import with_names
from dunghen.timeline.positions import read_positions
from dunghen.timeline.reading import data_now, read_in_force

TAKEN_SECONDS = 120.0  # until every partition has it; a million dossiers are folded again
_LEAD = 3.0  # s ahead of the data's time, so that it counts from one instant in every partition
_POLL = 0.3


@dataclass(frozen=True)
class LoadedReference:
    """What ``load`` did. ``since``: ms. ``known``: it was in force before, and nothing was done."""

    hash: str
    since: int
    known: bool
    reference: Reference


def load(
    folder: ValidFolder,
    since: datetime | None,
    installation: Installation,
    note: Callable[[str], None],
) -> LoadedReference:
    """Load ``folder``, to count from ``since`` (local time if naive; None: from the data's now),
    and wait until every partition has it. Raises UserError."""
    timeline = require_timeline(installation)
    kafka = installation.endpoints().kafka
    # A replay's log never drops a dossier.
    reference = folder.reference(tombstones=timeline.kind != "replay")
    reference = with_names(reference, required_key(installation, timeline))
    at = _instant(since, reference, timeline, installation)
    known = not load_reference(kafka, reference, at, client=installation.client)
    digest = content_hash(reference)
    if not known:
        note("Waiting until every partition has it ...")
        _await(installation.kafka, timeline, digest)
    return LoadedReference(digest, at, known, reference)


def _instant(
    since: datetime | None, reference: Reference, timeline: Timeline, installation: Installation
) -> int:
    """From when it counts (ms); never before the data's now, if verdicts are told."""
    kafka = installation.endpoints().kafka
    now = data_now(kafka, timeline.partitions, installation.client)
    if since is None:
        time.sleep(1.0)
        later = data_now(kafka, timeline.partitions, installation.client)
        return later + int((later - now) * _LEAD)
    moment = since if since.tzinfo else since.replace(tzinfo=_zone(reference))
    at = int(moment.timestamp() * 1000)
    if at < now:
        raise UserError(
            f"--from {local_time(at, reference)} is before the data's now "
            f"({local_time(now, reference)}): what has ended keeps its verdict.",
            "Leave --from out, or give rules.toml a version with that day as `since`: it holds for "
            "dossiers received from then on.",
        )
    return at


def _await(kafka: Kafka, timeline: Timeline, digest: str) -> None:
    deadline = time.monotonic() + TAKEN_SECONDS
    while True:
        found = read_positions(kafka, timeline.partitions)
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


def diff(
    folder: ValidFolder, installation: Installation, _note: Callable[[str], None]
) -> dict[str, Changes]:
    """What loading ``folder`` would change, by kind. Raises UserError."""
    timeline = require_timeline(installation)
    new = folder.reference(tombstones=timeline.kind != "replay")
    old, _, _ = now_in_force(installation, timeline)
    return differences(old, new)


def now_in_force(installation: Installation, timeline: Timeline) -> tuple[Reference, InForce, int]:
    """The reference data of the data's now, all that counts when, and that now (ms)."""
    kafka = installation.endpoints().kafka
    now = data_now(kafka, timeline.partitions, installation.client)
    reference, in_force = read_in_force(kafka, now, client=installation.client)
    return reference, in_force, now


def _zone(reference: Reference) -> ZoneInfo:
    return ZoneInfo(reference.timezone)


def local_time(at: int, reference: Reference) -> str:
    """``at`` (ms) in the time zone of the reference data."""
    moment = datetime.fromtimestamp(at / 1000, _zone(reference))
    return moment.strftime("%Y-%m-%d %H:%M:%S")
