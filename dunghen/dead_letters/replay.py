"""Which dead letters are replayed, and whether they may be: ``dead-letters replay``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from broker.kafka import Kafka
from dossiers.admission.bounds import DEFAULT_BOUND, Bound
from dossiers.admission.ownership import NOT_YOURS
from dossiers.errors import UserError
from dossiers.fold.retention import ARCHIVED
from dossiers.text.ids import MAX_ID, is_id
from dossiers.wire.topics import EVENTS
from dunghen.clickhouse import ClickHouse, connect
from dunghen.dead_letters.sending import Replayed, send_again
from dunghen.dead_letters.topic import (
    ListedLetter,
    open_letter,
    read_dead_letters,
    sent_as,
)
from dunghen.settings.installation import Installation
from dunghen.timeline.reading import data_now, read_timeline


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
            installation.kafka, letters, wanted, store, owner,
            bound_of(installation), take_back=take_back,
        )  # fmt: skip
    finally:
        store.close()


def replay_these(
    kafka: Kafka, letters: list[ListedLetter], numbers: Collection[int],
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
        _refuse_unfit(open_letter(letters, number), owner)
    timeline = read_timeline(kafka.bootstrap, client=kafka.user)
    now = 0 if timeline is None else data_now(kafka.bootstrap, timeline.partitions, kafka.user)
    return send_again(kafka, letters, store, now, numbers, owner, bound, take_back=take_back)


def _refuse_unfit(entry: ListedLetter, owner: str) -> None:
    if entry.letter.topic != EVENTS or entry.letter.offset < 0:
        raise UserError(
            f"Dead letter {entry.number} never reached topic {EVENTS}, so it cannot be replayed.",
            "Correct the record at its source, send it again, and drop this one.",
        )
    if owner and entry.letter.reason != NOT_YOURS:
        raise UserError(
            f"Dead letter {entry.number} has the reason {entry.letter.reason}: an owner settles "
            f"only {NOT_YOURS}.",
            "Leave --owner out for this one.",
        )
