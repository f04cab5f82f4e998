"""Members of a group, and what is gathered of what a follower gives."""

from __future__ import annotations

import logging
from collections.abc import Callable

from confluent_kafka import Message

from broker.clients import AnyKafka
from broker.follower import Follower
from broker.group_follower import GroupFollower
from tests.broker.rig import PATIENCE
from tests.support import wait_for

log = logging.getLogger(__name__)


class Collector:
    """What a follower was given; ``until`` takes on until something holds."""

    def __init__(self, follower: Follower | GroupFollower) -> None:
        self._follower = follower
        self.records: list[Message] = []
        self.ends: dict[int, int] = {}

    def until(self, done: Callable[[], bool]) -> None:
        def look() -> bool:
            taken = self._follower.take(100, 0.05)
            self.records += taken.records
            self.ends |= {place.partition: end for place, end in taken.ends.items()}
            return done()

        wait_for(look, PATIENCE)

    @property
    def values(self) -> list[bytes | None]:
        return [message.value() for message in self.records]


def member(
    kafka: AnyKafka, topic: str, group: str, instance: str = "one", **more: object
) -> GroupFollower:
    """One member of ``group``; ``more``: as GroupFollower has it."""
    return GroupFollower(kafka, topic, group, instance, {}, logger=log, **more)  # type: ignore[arg-type]
