"""Sends records again that were put aside: ``dead-letters replay``.

One that this version would take goes again as it is: after a fix, or once its time has come. An
event of a dossier that has left the stream is taken all the same.

Such an event goes back into its own partition, after a ``restored`` event with what ClickHouse
holds of the dossier; one that ClickHouse does not know either is new here, and goes back marked as
backfill. Everything may be done twice: ids are those of the first time.

With an owner, a wrong first claim is settled: before the event of a madonvi that had no right to
act on a dossier goes a ``reassigned`` one, which makes the dossier that madonvi's, in the log and
so in every recount (dunghen.dead_letters.new_owner).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import msgspec

from broker.kafka import Kafka
from broker.producing import Writer
from broker.reading import read_places
from broker.settings import UserSettings
from dossiers.admission.bounds import DEFAULT_BOUND, TOO_MANY_FACTS, Bound
from dossiers.admission.ownership import NOT_YOURS
from dossiers.errors import UserError
from dossiers.fold.retention import ARCHIVED
from dossiers.text.ids import MAX_ID, is_id
from dossiers.wire.events import AnyDossierEvent, DossierEvent, Restored, decode_event, encode_event
from dossiers.wire.records import DEAD_LETTERS, EVENTS, REPLAYED, DeadLetter
from dunghen.clickhouse import ClickHouse, connect
from dunghen.dead_letters.archive import Archived, read_archive, restored
from dunghen.dead_letters.new_owner import to_be_owned
from dunghen.dead_letters.room_left import RoomLeft
from dunghen.dead_letters.topic import (
    ListedLetter,
    never_taken,
    open_letter,
    read_dead_letters,
    sent_as,
)
from dunghen.settings.installation import Installation
from dunghen.timeline.topics import read_timeline
from sources.ticks import last_ticks
from streams.partition.intake import Refusal, read_event

_ENDED = """
SELECT 1 FROM dossiers FINAL
WHERE dossier_id = {dossier:String} AND timeline = {timeline:String} AND outcome != ''
"""


class Replayed(msgspec.Struct, frozen=True):
    """One dead letter that was sent again. ``facts``: archived ones that went before it.

    ``too_large``: they do not fit into one record; ``refused``: it would become a dead letter
    again, for this reason. Then nothing was sent, it stays a dead letter.
    """

    number: int
    dossier_id: str
    facts: int
    too_large: bool = False
    refused: str = ""

    @property
    def sent(self) -> bool:
        return not self.too_large and not self.refused


def bound_of(installation: Installation) -> Bound:
    """How much a dossier may keep, as the settings say."""
    limits = installation.settings.limits
    return Bound(limits.facts, limits.fact_bytes)


def replay_letters(
    installation: Installation, reason: str, numbers: Sequence[int], note: Callable[[str], None],
    owner: str = "", *, take_back: bool = False,
) -> list[Replayed]:  # fmt: skip
    """Replay the dead letters with these numbers, or every one with this reason. ``owner``: the
    madonvi to which their dossiers belong from here on; without numbers, all that was sent for it.
    ``take_back``: what the owners so far sent does not count. Blocks; raises UserError."""
    letters = read_dead_letters(installation, closed=True)
    reason = reason or (NOT_YOURS if owner else ARCHIVED)
    wanted = set(numbers) or {
        entry.number
        for entry in letters
        if entry.letter.reason == reason
        and entry.state == "open"
        and (not owner or sent_as(entry.letter)[1] == owner)
    }
    if not wanted:
        return []
    note(f"Replaying {len(wanted)} dead letters ...")
    store = connect(installation)
    try:
        return replay_these(
            installation.endpoints().kafka, installation.client, letters, wanted, store, owner,
            bound_of(installation), take_back=take_back,
        )  # fmt: skip
    finally:
        store.close()


def replay_these(
    bootstrap: str, client: UserSettings, letters: list[ListedLetter], numbers: Collection[int],
    store: ClickHouse, owner: str = "", bound: Bound = DEFAULT_BOUND, *, take_back: bool = False,
) -> list[Replayed]:  # fmt: skip
    """Replay those among ``letters``, all that the timeline has. Raises UserError, before the
    first is sent, if one is not open, never was in topic dossier-events, or is none that a new
    ``owner`` would settle."""
    if take_back and not owner:
        raise UserError(
            "What a wrong claimant sent is taken back only where somebody else is the owner.",
            "Say whose the dossiers are: --owner MADONVI --take-back.",
        )
    if owner and not is_id(owner):
        raise UserError(f"--owner must be a madonvi: 1 to {MAX_ID} printable characters.")
    for number in numbers:
        entry = open_letter(letters, number)
        if entry.letter.topic != EVENTS or entry.letter.offset < 0:
            raise UserError(
                f"Dead letter {number} never reached topic {EVENTS}, so it cannot be replayed.",
                "Correct the record at its source, send it again, and drop this one.",
            )
        if owner and entry.letter.reason != NOT_YOURS:
            raise UserError(
                f"Dead letter {number} has the reason {entry.letter.reason}: an owner settles only "
                f"{NOT_YOURS}.",
                "Leave --owner out for this one.",
            )
    timeline = read_timeline(bootstrap, client=client)
    ticks = (
        last_ticks(Kafka(bootstrap, client), timeline.partitions) if timeline is not None else []
    )
    now = max((tick.now for tick in ticks if tick is not None), default=0)
    return send_again(
        bootstrap, client, letters, store, now, numbers, owner, bound, take_back=take_back
    )


def send_again(
    bootstrap: str, client: UserSettings, letters: Sequence[ListedLetter], store: ClickHouse,
    now: int, numbers: Collection[int], owner: str = "", bound: Bound = DEFAULT_BOUND, *,
    take_back: bool = False,
) -> list[Replayed]:  # fmt: skip
    """Replay those with these numbers among ``letters``, all that the timeline has.

    ``now`` (ms): data time, from which a restored dossier's retention runs anew. ``owner``: to
    whom their dossiers belong from here on. ``bound``: of one dossier, as the worker has it.
    """
    moved: set[str] = set()
    refused = never_taken(letters)
    done = []
    looked_at = {
        e.letter.key.encode()
        for e in letters
        if e.number in numbers and (take_back or e.letter.reason == TOO_MANY_FACTS)
    }
    room = RoomLeft(bootstrap, client, bound, looked_at)
    with Writer(Kafka(bootstrap, client)) as writer:
        for entry in letters:
            letter = entry.letter
            if entry.number not in numbers:
                continue
            place = (letter.partition, letter.offset)
            message = read_places(Kafka(bootstrap, client), EVENTS, [place])[0]
            key = message.key()
            if owner:
                dossier = (key or b"").decode("utf-8", "replace")
                before: list[AnyDossierEvent] = []
                if dossier not in moved:
                    whole = _whole(store, letter, dossier, refused, bootstrap, client)
                    before = to_be_owned(
                        room,
                        letter,
                        dossier,
                        whole,
                        owner,
                        now or letter.detected_at,
                        take_back=take_back,
                    )
                done.append(
                    _to_owner(
                        writer, entry, message.value() or b"", now, room, owner, moved, before
                    )
                )
                continue
            if letter.reason != ARCHIVED:
                done.append(_as_it_is(writer, entry, key, message.value(), now, room))
                continue
            event = decode_event(message.value() or b"")
            if not isinstance(event, DossierEvent):
                raise UserError(f"Dead letter {entry.number} is no event of a dossier.")
            archived = read_archive(
                store, letter.timeline, event.dossier_id, refused, bootstrap, client
            )
            if archived.facts:
                value = encode_event(restored(archived, event.dossier_id, letter, now))
                if len(value) > bound.restored_bytes:
                    facts = len(archived.facts)
                    done.append(Replayed(entry.number, event.dossier_id, facts, too_large=True))
                    continue
                writer.send(EVENTS, letter.partition, key, value)
            else:
                event = msgspec.structs.replace(event, backfill=True)
            writer.send(EVENTS, letter.partition, key, encode_event(event))
            _mark(writer, entry)
            done.append(Replayed(entry.number, event.dossier_id, len(archived.facts)))
    return done


def _whole(
    store: ClickHouse, letter: DeadLetter, dossier: str, refused: Collection[tuple[int, int]],
    bootstrap: str, client: UserSettings,
) -> Archived | None:  # fmt: skip
    """Of a dossier that may have left. What it still has is skipped if it comes back."""
    if not store.query(_ENDED, {"dossier": dossier, "timeline": letter.timeline}):
        return None
    return read_archive(store, letter.timeline, dossier, refused, bootstrap, client)


def _to_owner(
    writer: Writer, entry: ListedLetter, value: bytes, now: int, room: RoomLeft, owner: str,
    moved: set[str], before: Sequence[AnyDossierEvent],
) -> Replayed:  # fmt: skip
    """The dossier belongs to ``owner``, and its event is sent again. ``moved``: dossiers that do
    already. ``before``: what goes first if it does not yet."""
    event = decode_event(value)
    if not isinstance(event, DossierEvent):
        raise UserError(f"Dead letter {entry.number} is no event of a dossier.")
    dossier, letter = event.dossier_id, entry.letter
    if event.madonvi != owner:
        why = f"{NOT_YOURS}: it was sent for {event.madonvi}, so {owner} as owner does not help"
        return Replayed(entry.number, dossier, 0, refused=why)
    key = dossier.encode()
    moved.add(dossier)
    for each in before:
        sent = encode_event(each)
        if not isinstance(each, Restored) or len(sent) <= room.bound.restored_bytes:
            writer.send(EVENTS, letter.partition, key, sent)
    return _as_it_is(writer, entry, key, value, now, room, owner)


def _as_it_is(
    writer: Writer, entry: ListedLetter, key: bytes | None, value: bytes | None, now: int,
    room: RoomLeft, owner: str = "",
) -> Replayed:  # fmt: skip
    """Only what the worker of this version takes: else it would be here twice."""
    dossier = entry.letter.key  # what may be kept of it
    try:
        read_event(key, value, now, room.bound)
    except Refusal as refusal:
        return Replayed(entry.number, dossier, 0, refused=f"{refusal.reason}: {refusal}")
    if entry.letter.reason == TOO_MANY_FACTS and (full := room.refusal(value or b"")):
        return Replayed(entry.number, dossier, 0, refused=f"{TOO_MANY_FACTS}: {full}")
    writer.send(EVENTS, entry.letter.partition, key, value or b"")
    _mark(writer, entry, owner)
    return Replayed(entry.number, dossier, 0)


def _mark(writer: Writer, entry: ListedLetter, owner: str = "") -> None:
    how = f"; its dossier belongs to {owner} now" if owner else ""
    mark = msgspec.structs.replace(
        entry.letter,
        reason=REPLAYED,
        detail=f"dead letter {entry.number} was sent again{how}",
        payload="",
    )
    writer.send(DEAD_LETTERS, 0, entry.letter.key.encode(), msgspec.json.encode(mark))
