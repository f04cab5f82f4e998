"""One consumer's part in a group: what it is given and gives up, told from within its polls."""

from __future__ import annotations

from collections.abc import Callable

from confluent_kafka import TopicPartition

from broker.clients import ConsumerClient, Rebalanced
from broker.memory.groups import Group, Member
from broker.memory.log import Logs
from broker.silence import PartitionId


class Membership:
    """Joins at once. The callbacks are those of ``ConsumerClient.subscribe``."""

    def __init__(
        self,
        logs: Logs,
        group: Group,
        member: Member,
        *,
        on_assign: Rebalanced | None,
        on_revoke: Rebalanced | None,
    ) -> None:
        self._logs = logs
        self._group = group
        self._member = member
        self._on_assign = on_assign
        self._on_revoke = on_revoke
        self._shared: list[PartitionId] | None = None  # taken over
        with logs.changed:
            group.join(member)

    @property
    def fenced(self) -> bool:
        """Whether another member of the same instance name has replaced this one."""
        return self._member.fenced

    def owes(self) -> bool:
        """Whether there is something to serve; with the lock."""
        member = self._member
        begins = member.generation != self._group.generation
        return not member.fenced and (
            begins or (member.wanted is not None and self._shared is None)
        )

    def serve(self, consumer: ConsumerClient, assignment: Callable[[], object]) -> None:
        """Take part in a rebalance, without the lock: callbacks use the consumer. ``assignment``:
        the same object for as long as nothing else was assigned."""
        member = self._member
        if member.fenced:
            return
        if member.generation != self._group.generation:
            self._give_up(consumer)
            with self._logs.changed:
                self._group.given_up(member, self._logs)
        if member.wanted is not None and self._shared is None:
            self._take_over(consumer, member.wanted, assignment)

    def leave(self, consumer: ConsumerClient) -> None:
        """Give up everything, and go."""
        self._give_up(consumer)
        with self._logs.changed:
            self._group.leave(self._member)
            self._logs.changed.notify_all()

    def _give_up(self, consumer: ConsumerClient) -> None:
        gone, self._shared = self._shared, None
        if gone is not None:
            if self._on_revoke is not None and gone:
                self._on_revoke(consumer, [TopicPartition(*place) for place in gone])
            consumer.unassign()

    def _take_over(
        self,
        consumer: ConsumerClient,
        wanted: list[PartitionId],
        assignment: Callable[[], object],
    ) -> None:
        self._shared = wanted
        shares = [TopicPartition(*place) for place in wanted]
        before = assignment()
        if self._on_assign is not None:
            self._on_assign(consumer, shares)
        if assignment() is before:  # else the callback has assigned them itself
            consumer.assign(shares)
