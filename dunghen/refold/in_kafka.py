"""What a refold does in Kafka: the new timeline's record, its empty topics, its dead letters.

Topics that are made of the log are deleted and made anew, because their records would be told apart
by the timeline only, and what is compacted would keep states that nobody makes any more. The others
stay as they are, but for dead letters, which are carried over. Every step may be repeated.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

import msgspec
from confluent_kafka import KafkaException, TopicPartition

from broker.ends import bounds_of, end_offsets
from broker.errors import unreachable
from broker.kafka import Kafka
from broker.producing import Writer
from broker.reading import METADATA_TIMEOUT, read_all
from broker.silence import PartitionId
from broker.topics import TopicAdmin
from dossiers.errors import UserError
from dossiers.wire.dead_letters import MARKS, DeadLetter
from dossiers.wire.reading import decoder, read_or_none
from dossiers.wire.records import FORMAT
from dossiers.wire.timeline import Timeline
from dossiers.wire.topics import ALERTS, DEAD_LETTERS, DOSSIERS, EVENTS, PARTIALS, TALLIES, TRAITS
from dunghen.refold.letters import Letter, New, first_of, lacking_letters, lacking_marks
from dunghen.state.format import refuse_other_format
from dunghen.timeline.reference_topic import read_any_timeline, write_timeline
from dunghen.timeline.topic_specs import topic_specs

MADE = (DOSSIERS, PARTIALS, TALLIES, ALERTS, TRAITS)
_letter = decoder(DeadLetter)


def found_line(kafka: Kafka) -> Timeline:
    """The timeline of this Kafka, of any format but a newer one. Raises UserError."""
    found, _ = read_any_timeline(kafka.bootstrap, client=kafka.user)
    if found is None:
        raise UserError(
            f"Kafka at {kafka.bootstrap} has no timeline yet: there is nothing to fold.",
            "Create its topics with `dunghen topics`, or start with `dunghen up`.",
        )
    if found.format > FORMAT:
        refuse_other_format(found.format, f"The timeline at Kafka {kafka.bootstrap}")
    return found


def begin(kafka: Kafka, found: Timeline, replication: int, key_check: str = "") -> Timeline:
    """The timeline that ``found`` becomes, with topics to be folded into; one that was begun
    before is gone on with. ``key_check``: of the key of its hashes, if it has none yet. Raises
    UserError if the log does not reach back to its start."""
    line = found
    if found.format != FORMAT or not found.refold:
        _require_whole_log(kafka, found.partitions)
        line = msgspec.structs.replace(
            found,
            id=uuid.uuid4().hex,
            format=FORMAT,
            former=(*found.former, found.id),
            refold="emptying",
            key_check=found.key_check or key_check,
        )
        _write(kafka, line)
    if line.refold == "emptying":
        admin = TopicAdmin(kafka)
        admin.delete(MADE)
        # Beside these, topics that its version did not have.
        existing = admin.existing()
        lacking = [s for s in topic_specs(line.partitions, replication) if s.name not in existing]
        admin.create(lacking, replication)
        admin.await_made([spec.name for spec in lacking])
        line = msgspec.structs.replace(line, refold="folding")
        _write(kafka, line)
    return line


def end(kafka: Kafka, line: Timeline) -> Timeline:
    """``line``, which is whole from here on."""
    whole = msgspec.structs.replace(line, refold="")
    _write(kafka, whole)
    return whole


def carry_letters(kafka: Kafka, line: Timeline) -> int:
    """Have ``line`` tell the dead letters of its former ones; how many it tells then."""
    with Writer(kafka) as writer:
        _send(writer, lacking_letters(line.id, _letters(kafka, line)))
        _send(writer, lacking_marks(line.id, _letters(kafka, line)))
    told = [each.letter for each in _letters(kafka, line)]
    return sum(each.timeline == line.id and each.reason not in MARKS for each in told)


def drop_former_letters(kafka: Kafka, line: Timeline) -> None:
    """Delete what was carried over where it stood."""
    [end_] = end_offsets(kafka, DEAD_LETTERS).values()
    first = first_of(line.id, _letters(kafka, line), end_)
    TopicAdmin(kafka).delete_before(DEAD_LETTERS, first)


def announce_from_here(kafka: Kafka, line: Timeline) -> None:
    """Whoever tells people of alerts begins behind those of the fold: they were told long ago."""
    group = f"{line.id}-notifier"
    consumer = kafka.consumer({"group.id": group})
    try:
        ends = end_offsets(kafka, ALERTS)
        places = [TopicPartition(ALERTS, p, end_) for p, end_ in ends.items()]
        consumer.commit(offsets=places, asynchronous=False)
    except KafkaException as error:
        raise unreachable(kafka.bootstrap) from error
    finally:
        consumer.close()


def _require_whole_log(kafka: Kafka, partitions: int) -> None:
    consumer = kafka.consumer({})
    try:
        for partition in range(partitions):
            first, _ = bounds_of(consumer, PartitionId(EVENTS, partition), METADATA_TIMEOUT)
            if first > 0:
                raise UserError(
                    f"Topic {EVENTS} begins with offset {first} in partition {partition}: what "
                    "stood before it was deleted, so it cannot be folded from its start.",
                    "Restore the whole topic first. Nothing was changed.",
                )
    except KafkaException as error:
        raise UserError(
            f"Topic {EVENTS} cannot be read: {error.args[0].str()}.", "Nothing was changed."
        ) from error
    finally:
        consumer.close()


def _write(kafka: Kafka, line: Timeline) -> None:
    _, pending = read_any_timeline(kafka.bootstrap, client=kafka.user)
    write_timeline(kafka.bootstrap, line, pending, client=kafka.user)


def _letters(kafka: Kafka, line: Timeline) -> list[Letter]:
    """Those of ``line`` and its former ones; what others wrote there was never told as theirs."""
    found = []
    ours = {line.id, *line.former}
    for message in read_all(kafka, DEAD_LETTERS):
        letter = read_or_none(_letter, message.value())
        if letter is not None and letter.timeline in ours:
            found.append(Letter(message.offset() or 0, message.key() or b"", letter))
    return found


def _send(writer: Writer, letters: Iterable[New]) -> None:
    for key, letter in letters:
        writer.send(DEAD_LETTERS, 0, key, msgspec.json.encode(letter))
