"""The newest tick of each partition: where a sender that was stopped goes on.

Live ticks carry, as record headers, the machine's boot id and the time since that boot. Both
survive the ticker's restart and do not follow the wall clock, so a clock that was set wrong while
the ticker was down is told apart from a plain pause.
"""

from __future__ import annotations

import time
from pathlib import Path

import msgspec
from confluent_kafka import KafkaException, Message

from broker.clients import AnyKafka, ConsumerClient
from broker.ends import bounds_of
from broker.errors import BrokerAway
from broker.reading import TO_THE_END, read_on
from broker.silence import PartitionId
from dossiers.wire.events import Tick, decode_event
from dossiers.wire.reading import read_or_none
from dossiers.wire.topics import EVENTS

BOOT_HEADER = "boot"
UPTIME_HEADER = "uptime"
_FIRST_LOOK = 256
_TIMEOUT = 10.0


class LastTick(msgspec.Struct, frozen=True):
    """``now`` (ms) as ticked; ``boot``, ``uptime`` (ms): of the ticker's machine, if it said so."""

    now: int
    boot: str = ""
    uptime: int = 0


def boot_id() -> str:
    """Names this start of the machine; empty if the system does not tell."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def uptime() -> int:
    """Milliseconds since the machine started, time asleep included; never set by anybody."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime_ns(clock) // 1_000_000


def last_ticks(
    kafka: AnyKafka, partitions: int, *, topic: str = EVENTS, timeout: float = 10.0
) -> list[LastTick | None]:
    """The last tick of each partition, None if it has none. ``timeout``: seconds for a topic that
    was just made. Raises BrokerAway."""
    consumer = kafka.consumer(TO_THE_END)
    try:
        _await_topic(consumer, topic, partitions, timeout)
        found = _found(consumer, kafka.bootstrap, topic, partitions)
        return [found.get(partition) for partition in range(partitions)]
    except KafkaException as error:
        raise BrokerAway(
            f"Kafka at {kafka.bootstrap} did not give the last ticks ({error.args[0].str()}).",
            "Start the stack first (dunghen up).",
        ) from error
    finally:
        consumer.close()


def _await_topic(consumer: ConsumerClient, topic: str, partitions: int, timeout: float) -> None:
    """A broker may take a moment to know a topic that was just made."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        found = consumer.list_topics(topic, timeout=timeout).topics[topic]
        if found.error is None and len(found.partitions) >= partitions:
            return
        time.sleep(0.05)


def _found(
    consumer: ConsumerClient, bootstrap: str, topic: str, partitions: int
) -> dict[int, LastTick]:
    """By partition. Looks at the newest records first, then, where no tick is among them, at ever
    longer stretches before them."""
    found: dict[int, LastTick] = {}
    # Before anything is read: each question would wait for the fetch under way.
    left = {p: bounds_of(consumer, PartitionId(topic, p), _TIMEOUT) for p in range(partitions)}
    look = _FIRST_LOOK
    while left := {p: (low, end) for p, (low, end) in left.items() if p not in found and low < end}:
        starts = {p: max(low, end - look) for p, (low, end) in left.items()}
        ends = {p: end for p, (_, end) in left.items()}
        for message in read_on(consumer, bootstrap, topic, starts, ends):
            tick = _tick_in(message)
            if tick is not None:
                found[message.partition() or 0] = tick
        left = {p: (low, starts[p]) for p, (low, _) in left.items()}
        look *= 8
    return found


def _tick_in(message: Message) -> LastTick | None:
    value = message.value()
    if value is None or message.key() is not None:
        return None
    event = read_or_none(decode_event, value)
    if not isinstance(event, Tick):
        return None
    headers: dict[str, str | bytes | None] = dict(message.headers() or [])
    return LastTick(
        now=event.now,
        boot=_text(headers.get(BOOT_HEADER)),
        uptime=_number(_text(headers.get(UPTIME_HEADER))),
    )


def _number(text: str) -> int:
    """What another writer may have put there is no uptime."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0


def _text(content: str | bytes | None) -> str:
    return content.decode("ascii", "replace") if isinstance(content, bytes) else content or ""
