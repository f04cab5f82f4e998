"""The ways a message can take. A channel tries once; the mailbox decides when to try again."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable, Sequence
from typing import Protocol

import httpx
import msgspec

from dossiers.wire.alerts import Alert
from sinks.config import AppriseConfig, NotifierConfig, WebhookConfig
from sinks.notifier.directory import AlertDirectory
from sinks.notifier.messages import compose, delivery_key, overdue_page

DirectoryOf = Callable[[], AlertDirectory]


class DeliveryError(Exception):
    """One failed try. The text holds no secret and no address; ``retry_after`` in seconds."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Channel(Protocol):
    """``gathers``: several alerts fit one message, so it pays to wait for more of a burst."""

    name: str
    gathers: bool

    async def deliver(self, alerts: Sequence[Alert]) -> None:
        """Hand the alerts over; raises DeliveryError. Returning means the receiver has them."""
        ...


class WebhookChannel:
    """One POST for each transition, signed over timestamp and body, so that a receiver can tell
    that it is ours, that it is fresh, and that it has it already."""

    name = "webhook"
    gathers = False

    def __init__(
        self,
        webhook: WebhookConfig,
        config: NotifierConfig,
        client: httpx.AsyncClient,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._webhook = webhook
        self._config = config
        self._client = client
        self._clock = clock

    async def deliver(self, alerts: Sequence[Alert]) -> None:
        """One signed POST for each alert, in order; the first failure ends it."""
        for alert in alerts:
            await self._post(alert)

    async def _post(self, alert: Alert) -> None:
        key = delivery_key(alert)
        body = msgspec.json.encode(
            {
                "idempotency_key": key,
                "alert": alert,
                "overdue_page": overdue_page(self._config.base_url, alert.unit),
            }
        )
        timestamp = str(int(self._clock()))
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": key,
            "X-DungHen-Timestamp": timestamp,
            "X-DungHen-Signature": sign(self._webhook.secret, timestamp, body),
        }
        try:
            answer = await self._client.post(
                self._webhook.url, content=body, headers=headers, timeout=self._webhook.timeout_s
            )
        except httpx.HTTPError as error:
            raise DeliveryError(type(error).__name__) from error
        if not answer.is_success:
            raise DeliveryError(f"HTTP {answer.status_code}", _retry_after(answer))


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """``v1=`` and the hex HMAC-SHA256 of ``timestamp.body``; a receiver recomputes it."""
    text = timestamp.encode() + b"." + body
    return "v1=" + hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()


def _retry_after(answer: httpx.Response) -> float | None:
    """Seconds that the receiver asks to be left alone; None if it gives a date, or nothing."""
    value = answer.headers.get("Retry-After", "")
    # Whoever receives says it: no more digits than a wait can have.
    return float(value) if value.isascii() and value.isdecimal() and len(value) < 10 else None


class AppriseChannel:
    """Whatever apprise reaches (chat rooms, SMS gates, push services), by its URL."""

    name = "apprise"
    gathers = True

    def __init__(
        self, receiver: AppriseConfig, config: NotifierConfig, directory: DirectoryOf
    ) -> None:
        # It loads over a hundred services; most installations use none of them.
        import apprise  # noqa: PLC0415

        self._config = config
        self._directory = directory
        self._apprise = apprise.Apprise()
        if not self._apprise.add(receiver.url):
            raise ValueError(
                f"The address of receiver {receiver.name!r} is not one that apprise knows. "
                "Compare it with apprise's list of services."
            )

    async def deliver(self, alerts: Sequence[Alert]) -> None:
        """One message for all alerts."""
        text = compose(alerts, self._directory(), self._config.base_url, self._config.language)
        if not await self._apprise.async_notify(title=text.subject, body=text.body):
            raise DeliveryError("apprise could not deliver")
