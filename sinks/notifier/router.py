"""Decides which machines get an alert, and keeps one mailbox for each receiver."""

from __future__ import annotations

import asyncio
import time

import httpx

from dossiers.wire.alerts import Alert
from sinks.config import NotifierConfig
from sinks.notifier.attempts import AttemptLog, Place
from sinks.notifier.channels import AppriseChannel, Channel, WebhookChannel
from sinks.notifier.directory import AlertDirectory
from sinks.notifier.mailbox import Item, Mailbox, MailboxStatus
from sinks.notifier.tracker import Tracker

_SAID = frozenset({"overdue", "unit_backlog"})  # sinks.notifier.messages has words for these


class Router:
    """Lives on one event loop. ``directory`` may be replaced at any time."""

    def __init__(
        self,
        config: NotifierConfig,
        directory: AlertDirectory,
        attempts: AttemptLog,
        tracker: Tracker,
        settled: set[Place],
    ) -> None:
        self._config = config
        self.directory = directory
        self._attempts = attempts
        self._tracker = tracker
        self._settled = settled
        self._client = httpx.AsyncClient(follow_redirects=False, trust_env=False)
        self._mailboxes: dict[str, Mailbox] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def accept(self, alert: Alert, partition: int, offset: int) -> None:
        """Queue the alert for everybody who must know."""
        wanted = self._wanted(alert)
        mailboxes = [
            mailbox
            for mailbox in (self._receivers(alert) if wanted else [])
            if (alert.alert_id, alert.sequence, mailbox.status.receiver) not in self._settled
        ]
        self._tracker.begin(partition, offset, len(mailboxes))
        item = Item(alert, partition, offset, time.monotonic())
        for mailbox in mailboxes:
            mailbox.put(item)

    def status(self) -> list[MailboxStatus]:
        """The status of every mailbox that was ever used."""
        return [mailbox.status for mailbox in self._mailboxes.values()]

    async def close(self) -> None:
        """End all deliveries; what is not delivered comes again after the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.aclose()

    def _wanted(self, alert: Alert) -> bool:
        config = self._config
        return (
            alert.timeline == config.timeline
            and alert.kind in config.kinds
            and alert.transition in config.transitions
            # What somebody did, or whose it is now, is no news to whoever is told of alerts.
            and not alert.action
            and not alert.moved
        )

    def _receivers(self, alert: Alert) -> list[Mailbox]:
        """Every machine that is told of the alert's unit; a chat room only of what there are words
        for."""
        found = [
            self._mailbox(f"webhook:{number}:{webhook.name}")
            for number, webhook in enumerate(self._config.webhooks)
            if not webhook.units or alert.unit in webhook.units
        ]
        found += [
            self._mailbox(f"apprise:{number}:{receiver.name}")
            for number, receiver in enumerate(self._config.apprise)
            if alert.kind in _SAID and (not receiver.units or alert.unit in receiver.units)
        ]
        return found

    def _mailbox(self, receiver: str) -> Mailbox:
        mailbox = self._mailboxes.get(receiver)
        if mailbox is None:
            mailbox = Mailbox(
                receiver,
                self._channel(receiver),
                self._config,
                self._attempts,
                lambda item: self._tracker.settle(item.partition, item.offset),
            )
            self._mailboxes[receiver] = mailbox
            self._tasks.append(asyncio.create_task(mailbox.run(), name=receiver))
        return mailbox

    def _channel(self, receiver: str) -> Channel:
        config = self._config
        kind, _, rest = receiver.partition(":")
        number = int(rest.split(":")[0])
        if kind == "webhook":
            return WebhookChannel(config.webhooks[number], config, self._client)
        return AppriseChannel(config.apprise[number], config, lambda: self.directory)
