"""How much of the log a freeze knows: where it is cut, and when ClickHouse has all of that.

The worker's last committed positions are read first, then how far the topics are committed that
were made of them. Once ClickHouse has what stands before those ends, a row of ``dossiers`` that is
of an event before the cut says what its dossier was at the cut.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

from confluent_kafka import KafkaException

from broker.clients import AnyKafka
from broker.ends import Ends, read_ends
from broker.errors import unreachable
from broker.groups import committed_offsets
from broker.silence import PartitionId
from dossiers.errors import UserError
from dossiers.wire.late_lists import Cut
from dossiers.wire.timeline import Timeline
from dossiers.wire.topics import DEAD_LETTERS, DOSSIERS, EVENTS, REFERENCE
from dunghen.api_client.inner import RemoteClickHouse
from dunghen.clickhouse import ClickHouse
from dunghen.timeline.positions import read_positions

SECONDS = 120.0  # that the sink may need to insert what the cut holds
_POLL = 0.2
Reached = Callable[[Ends], bool]
_CLAIMED = "SELECT sink_id FROM sink_timeline ORDER BY created_at, sink_id LIMIT 1"


class KnownLog(NamedTuple):
    """``watermark`` (ms): until when all partitions knew the log at the cut. ``ends``: of the
    topics that ClickHouse has to hold."""

    cut: Cut
    watermark: int
    ends: Ends


def cut_now(kafka: AnyKafka, timeline: Timeline) -> KnownLog:
    """Cut the log where it is now. Raises BrokerAway."""
    positions = read_positions(kafka, timeline.partitions)
    ours = {p: found for p, found in positions.items() if found.timeline == timeline.id}
    partitions = range(timeline.partitions)
    events = tuple(ours[p].next_offset if p in ours else 0 for p in partitions)
    watermark = min((ours[p].now if p in ours else 0 for p in partitions), default=0)
    # To what is about to be committed as well: a position is told before the markers of its
    # transaction stand in the other topics.
    client = kafka.consumer({"isolation.level": "read_uncommitted"})
    try:
        ends = read_ends(client, [DOSSIERS, DEAD_LETTERS, REFERENCE])
    except KafkaException as error:
        raise unreachable(kafka.bootstrap) from error
    finally:
        client.close()
    cut = Cut(
        events=events,
        dead_letters=ends[PartitionId(DEAD_LETTERS, 0)],
        reference=ends.pop(PartitionId(REFERENCE, 0)),
    )
    ends |= {PartitionId(EVENTS, p): offset for p, offset in enumerate(events)}
    return KnownLog(cut, watermark, ends)


def reached_by(store: ClickHouse, kafka: AnyKafka, timeline: Timeline) -> Reached:
    """Asks whether ClickHouse has what stands before these ends: the API's process that holds the
    embedded engine and the sink; of a server, what its sink has committed."""
    if isinstance(store, RemoteClickHouse):
        remote = store

        def asked(ends: Ends) -> bool:
            return bool(remote.call("reached", [(*place, end) for place, end in ends.items()]))

        return asked
    return lambda ends: _committed(store, kafka, timeline, ends)


def await_rows(reached: Reached, ends: Ends, seconds: float = SECONDS) -> None:
    """Return once ClickHouse has what stands before ``ends``. Raises UserError if it takes longer
    than ``seconds``."""
    deadline = time.monotonic() + seconds
    while not reached(ends):
        if time.monotonic() > deadline:
            raise UserError(
                f"ClickHouse has not caught up with the log within {seconds:.0f} s.",
                "Look at `dunghen status`, then try again. Nothing was frozen.",
            )
        time.sleep(_POLL)  # no event tells


def _committed(store: ClickHouse, kafka: AnyKafka, timeline: Timeline, ends: Ends) -> bool:
    claimed = store.query(_CLAIMED)
    if not claimed:
        return False
    group = f"{timeline.id}-sink-{claimed[0]['sink_id']}"
    return all(
        _has(kafka, group, topic, {p: end for (of, p), end in ends.items() if of == topic})
        for topic in {place.topic for place in ends}
    )


def _has(kafka: AnyKafka, group: str, topic: str, ends: dict[int, int]) -> bool:
    found = committed_offsets(kafka, f"{group}-{topic}", topic, len(ends))
    return all(found[p] >= end for p, end in ends.items())
