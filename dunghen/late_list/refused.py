"""Which events of the log became dead letters, as far as a cut knows."""

from __future__ import annotations

from broker.clients import AnyKafka
from broker.reading import read_all
from dossiers.wire.dead_letters import MARKS, DeadLetter
from dossiers.wire.reading import decoder, read_or_none
from dossiers.wire.topics import DEAD_LETTERS, EVENTS

Place = tuple[int, int]  # partition and offset
_letter = decoder(DeadLetter)


def refused_places(kafka: AnyKafka, timeline: str, until: int) -> frozenset[Place]:
    """Places in topic dossier-events whose events were put aside, by what stands before offset
    ``until`` of topic dead-letters. What was sent again stands at another place. Raises
    BrokerAway."""
    found: set[Place] = set()
    for message in read_all(kafka, DEAD_LETTERS, only=0):
        if (message.offset() or 0) >= until:
            break
        letter = read_or_none(_letter, message.value())
        if letter is None or letter.timeline != timeline or letter.topic != EVENTS:
            continue
        if letter.reason not in MARKS and letter.offset >= 0:
            found.add((letter.partition, letter.offset))
    return frozenset(found)
