"""Writes how walls look, and who is away, for the API: ``api.ports.SettingsWriter``."""

from __future__ import annotations

import threading
from concurrent.futures import TimeoutError as TooLate

from api.ports import SettingsAway
from broker.clients import AnyKafka
from dossiers.wire.topics import SETTINGS
from sources.acknowledged import AcknowledgedSender, Busy, NotTaken

_WAIT = 10.0  # s for Kafka to take a record
_MOST = 100  # on the way at a time


class SettingsTopic:
    """The producer that everything posted goes through, for a topic of its own; the first change
    starts it."""

    def __init__(self, kafka: AnyKafka, topic: str = SETTINGS) -> None:
        self._kafka = kafka
        self._topic = topic
        self._sender: AcknowledgedSender | None = None
        self._lock = threading.Lock()

    def write(self, key: bytes, value: bytes | None) -> None:
        """See ``api.ports.SettingsWriter``."""
        with self._lock:
            if self._sender is None:
                self._sender = AcknowledgedSender(
                    self._kafka, most=_MOST, timeout=_WAIT, topic=self._topic
                )
        try:
            self._sender.send([(key, value)]).result(_WAIT + 1)
        except (Busy, NotTaken, TooLate) as error:
            raise SettingsAway(
                "The settings cannot be written: Kafka does not take them now. Try again."
            ) from error

    def close(self) -> None:
        """Wait a moment for what is on the way."""
        if self._sender is not None:
            self._sender.close()
