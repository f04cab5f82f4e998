"""What topic ``reference`` holds: the record of the timeline, and reference data by content hash.

A record of the timeline takes the place of the one before if it is the same timeline, or one that
was folded from its log (dunghen.refold). Whatever else stands there hides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

import msgspec

from broker.kafka import Kafka
from broker.producing import Writer
from broker.reading import read_all
from broker.settings import UserSettings
from dossiers.wire.keys import TIMELINE_KEY
from dossiers.wire.reading import decoder
from dossiers.wire.reference import read_under
from dossiers.wire.timeline import Timeline
from dossiers.wire.topics import REFERENCE
from dunghen.state.format import refuse_unready
from dunghen.terminal.masking import masked

_timeline: Callable[[bytes], Timeline] = decoder(Timeline)


@dataclass(frozen=True)
class Stored:
    """What topic ``reference`` holds now; ``newest`` is the hash written last."""

    timeline: Timeline | None
    references: Mapping[str, bytes]
    newest: str
    activated: bool  # the newest reference data stands in every partition


def stored_line(bootstrap: str, client: UserSettings, *, folding: bool = False) -> Stored:
    """What stands there, for a timeline that this version reads. ``folding``: also one that is
    just being folded anew. Raises UserError."""
    found = _read_stored(bootstrap, client)
    if found.timeline is not None:
        refuse_unready(found.timeline, masked(bootstrap), folding=folding)
    return found


def _read_stored(bootstrap: str, client: UserSettings) -> Stored:
    timeline, timeline_offset = None, -1
    references: dict[str, bytes] = {}
    newest, newest_offset = "", -1
    for message in read_all(Kafka(bootstrap, client), REFERENCE):
        key, value, offset = message.key(), message.value(), message.offset()
        if key is None or value is None or offset is None:
            continue
        # What somebody else wrote there, and nobody can read, hides nothing.
        if key == TIMELINE_KEY:
            with suppress(msgspec.MsgspecError):
                found = _timeline(value)
                if timeline is None or timeline.id in (found.id, *found.former):
                    timeline, timeline_offset = found, offset
        elif read_under(name := key.decode("utf-8", "replace"), value, references.get(name)):
            references[name] = value
            newest, newest_offset = name, offset
        elif value == references.get(name):
            newest, newest_offset = name, offset  # written again
    activated = bool(newest) and timeline_offset > newest_offset
    return Stored(timeline, references, newest, activated)


def read_any_timeline(
    bootstrap: str, *, client: UserSettings = None
) -> tuple[Timeline | None, str]:
    """As ``read_timeline``, of any format; and the hash of reference data that is written and not
    activated everywhere yet, "" if none is."""
    stored = _read_stored(bootstrap, client)
    return stored.timeline, "" if stored.activated else stored.newest


def write_timeline(
    bootstrap: str, timeline: Timeline, pending: str = "", *, client: UserSettings = None
) -> None:
    """Put ``timeline`` in the place of the one it follows. ``pending``: of ``read_any_timeline``;
    its data are written once more, so that their activation is ended by the next start."""
    again = _read_stored(bootstrap, client).references.get(pending)
    with Writer(Kafka(bootstrap, client)) as writer:
        writer.send(REFERENCE, 0, TIMELINE_KEY, msgspec.json.encode(timeline))
        if again is not None:
            writer.send(REFERENCE, 0, pending.encode(), again)
