"""Takes events of dossiers that have left the stream all the same: ``dead-letters replay``.

Each goes back into its own partition, after a ``restored`` event with what ClickHouse holds of the
dossier; one that ClickHouse does not know either is new here, and goes back marked as backfill.
Everything may be done twice: ids are those of the first time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from dossiers.events import DossierEvent, Restored, decode_event, encode_event
from dossiers.records import DEAD_LETTERS, EVENTS, REPLAYED, DeadLetter
from dossiers.retention import ARCHIVED
from dunghen.archive import read_archive
from dunghen.clickhouse import ClickHouse, connect
from dunghen.context import Context
from dunghen.dead_letters import Entry, read_dead_letters
from dunghen.errors import UserError
from dunghen.kafka_read import Client, read_places
from dunghen.kafka_write import Writer
from dunghen.topics import read_timeline
from sources.ticks import last_ticks
from streams.intake import MAX_VALUE

SOURCE = "archive"


class Replayed(msgspec.Struct, frozen=True):
    """One dead letter that was sent again. ``facts``: archived ones that went before it.

    ``too_large``: they do not fit into one record; nothing was sent, it stays a dead letter.
    """

    number: int
    dossier_id: str
    facts: int
    too_large: bool = False


def replay_archived(here: Context, note: Callable[[str], None]) -> list[Replayed]:
    """Replay every dead letter with reason ``archived``. Blocks; raises UserError."""
    bootstrap, client = here.endpoints().kafka, here.client
    timeline = read_timeline(bootstrap, client=client)
    letters = read_dead_letters(here)
    count = sum(entry.letter.reason == ARCHIVED for entry in letters)
    if timeline is None or not count:
        return []
    note(f"Replaying {count} events of archived dossiers ...")
    ticks = last_ticks(bootstrap, timeline.partitions, client)
    now = max((tick.now for tick in ticks if tick is not None), default=0)
    store = connect(here)
    try:
        return send_again(bootstrap, client, letters, store, now)
    finally:
        store.close()


def send_again(
    bootstrap: str, client: Client, letters: Sequence[Entry], store: ClickHouse, now: int
) -> list[Replayed]:
    """Replay the archived ones among ``letters``, all that the time line has.

    ``now`` (ms): data time, from which a restored dossier's retention runs anew.
    """
    refused = {(e.letter.partition, e.letter.offset) for e in letters if e.letter.topic == EVENTS}
    done = []
    with Writer(bootstrap, client) as writer:
        for entry in letters:
            letter = entry.letter
            if letter.reason != ARCHIVED:
                continue
            place = (letter.partition, letter.offset)
            message = read_places(bootstrap, EVENTS, [place], client)[0]
            event = decode_event(message.value() or b"")
            if not isinstance(event, DossierEvent):
                raise UserError(f"Dead letter {entry.number} is no event of a dossier.")
            key = message.key()
            archived = read_archive(
                store, letter.timeline, event.dossier_id, refused, bootstrap, client
            )
            if archived.facts:
                restored = Restored(
                    event_id=f"restored-{letter.partition}-{letter.offset}",
                    dossier_id=event.dossier_id,
                    occurred_at=now,
                    received_at=now,
                    source=SOURCE,
                    facts=archived.facts,
                    alerts=archived.alerts,
                )
                value = encode_event(restored)
                if len(value) > MAX_VALUE:
                    facts = len(archived.facts)
                    done.append(Replayed(entry.number, event.dossier_id, facts, too_large=True))
                    continue
                writer.send(EVENTS, letter.partition, key, value)
            else:
                event = msgspec.structs.replace(event, backfill=True)
            writer.send(EVENTS, letter.partition, key, encode_event(event))
            mark = msgspec.json.encode(_mark(entry))
            writer.send(DEAD_LETTERS, 0, key, mark)
            done.append(Replayed(entry.number, event.dossier_id, len(archived.facts)))
    return done


def _mark(entry: Entry) -> DeadLetter:
    return msgspec.structs.replace(
        entry.letter,
        reason=REPLAYED,
        detail=f"dead letter {entry.number} was sent again",
        payload="",
    )
