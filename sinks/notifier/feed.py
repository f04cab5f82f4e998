"""Topic alerts, committed data only, with offsets that follow the deliveries."""

from __future__ import annotations

import logging
from collections.abc import Callable

import msgspec
from confluent_kafka import Message

from broker.clients import AnyKafka
from broker.group_follower import GroupFollower
from broker.silence import SILENT_S
from dossiers.wire.alerts import Alert
from dossiers.wire.reading import decoder
from dossiers.wire.topics import ALERTS
from sinks.config import NotifierConfig
from sinks.notifier.tracker import Tracker

log = logging.getLogger(__name__)

_MOST = 500  # records a call


class AlertFeed:
    """Used by one thread. A first start begins at the topics' end, unless asked otherwise: nobody
    wants a mail about every alert of the past year. ``silent_s``: seconds, see
    ``broker.group_follower``."""

    def __init__(
        self,
        kafka: AnyKafka,
        config: NotifierConfig,
        tracker: Tracker,
        *,
        silent_s: float = SILENT_S,
    ) -> None:
        self._tracker = tracker
        self._decode = decoder(Alert)
        self.assigned: set[int] = set()
        self.skipped = 0
        self._follower = GroupFollower(
            kafka,
            ALERTS,
            f"{config.timeline}-notifier",
            config.instance,
            {"queued.max.messages.kbytes": 4_096},
            logger=log,
            from_end=not config.from_beginning,
            assigned=self._assigned,
            revoked=self._revoked,
            silent_s=silent_s,
        )
        self.close = self._follower.close

    def take(self, accept: Callable[[Alert, int, int], None], seconds: float) -> None:
        """Hand over what came within ``seconds``. Raises KafkaException if the client cannot go on,
        SilentClient if it gives nothing though there is something."""
        taken = self._follower.take(_MOST, seconds)
        for message in taken.records:
            self._hand_over(message, accept)
        # An end stands behind the records that came with it.
        for place, end in taken.ends.items():
            self._tracker.reached(place.partition, end)
        for error in taken.errors:
            log.warning("alerts: %s", error.str())
        self._follower.check_silence()

    def commit(self) -> None:
        """Keep how far everything is delivered, in the background; a failed commit only means
        delivering twice."""
        positions = self._tracker.committable()
        self._follower.commit({p: at for p, at in positions.items() if p in self.assigned})

    def _hand_over(self, message: Message, accept: Callable[[Alert, int, int], None]) -> None:
        partition, offset, value = message.partition() or 0, message.offset() or 0, message.value()
        if value is None:
            return
        try:
            alert = self._decode(value)
        except msgspec.MsgspecError:
            self.skipped += 1
            log.warning("alerts[%d]@%d is not an alert", partition, offset)
            return
        accept(alert, partition, offset)

    def _assigned(self, partitions: list[int]) -> None:
        # Whatever came in between is given again from what was committed: it must not let a commit
        # go past what was open before.
        self._tracker.forget(partitions)
        self.assigned |= set(partitions)

    def _revoked(self, partitions: list[int]) -> None:
        self._tracker.forget(partitions)
        self.assigned -= set(partitions)
