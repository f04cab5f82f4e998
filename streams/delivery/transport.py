"""Faust's transport with bulk delivery, and the schema of its messages."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

from faust import Schema
from faust.transport.drivers.aiokafka import Transport
from faust.types import AppT, Message

from streams.delivery.bulk import BulkConsumer
from streams.delivery.effects import Effects


class BulkSchema(Schema[Any, Any]):
    """Hands the list of a bulk message on as it is."""

    def loads_key(self, app: AppT, message: Message, **options: Any) -> None:
        """A bulk message has no key of its own."""

    def loads_value(self, app: AppT, message: Message, **options: Any) -> Any:
        """The records, as ``getmany`` made them."""
        return message.value


class BulkTransport(Transport):
    """Faust's aiokafka transport with bulk delivery; set it as ``app.transport``."""

    Consumer: ClassVar[type[BulkConsumer]] = BulkConsumer

    def __init__(self, app: AppT, effects: Effects, bulk_topics: Collection[str]) -> None:
        self.effects = effects
        self.bulk_topics = frozenset(bulk_topics)
        super().__init__(app.conf.broker_consumer, app)
