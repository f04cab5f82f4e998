"""Consumer groups in memory: who has which partitions, and the offsets that are kept."""

from __future__ import annotations

from dataclasses import dataclass, field

from broker.memory.log import Logs
from broker.silence import PartitionId


@dataclass(eq=False)
class Member:
    """One member. ``wanted``: its partitions, None while the group is not settled; ``generation``:
    the one whose rebalance it has begun."""

    topics: list[str]
    instance: str = ""
    generation: int = -1
    wanted: list[PartitionId] | None = None
    fenced: bool = False


@dataclass
class Group:
    """Its members give up everything at each rebalance, and get new shares once all have."""

    offsets: dict[PartitionId, int] = field(default_factory=dict)
    members: list[Member] = field(default_factory=list)
    generation: int = 0

    def join(self, member: Member) -> None:
        """A member of the same instance name is replaced, and told so."""
        for former in self.members:
            if member.instance and former.instance == member.instance:
                former.fenced = True
        self.members = [each for each in self.members if not each.fenced] + [member]
        self._unsettle()

    def leave(self, member: Member) -> None:
        """Nothing happens if it has been replaced."""
        if member in self.members:
            self.members.remove(member)
            self._unsettle()

    def given_up(self, member: Member, logs: Logs) -> None:
        """It has let go of its partitions; the last one to do so has all of them shared out."""
        member.generation = self.generation
        if all(each.generation == self.generation for each in self.members):
            self._share_out(logs)

    def _unsettle(self) -> None:
        self.generation += 1
        for member in self.members:
            member.wanted = None

    def _share_out(self, logs: Logs) -> None:
        for member in self.members:
            member.wanted = []
        for topic in sorted({topic for member in self.members for topic in member.topics}):
            takers = [member for member in self.members if topic in member.topics]
            for partition in range(len(logs.topics.get(topic, []))):
                share = takers[partition % len(takers)].wanted
                if share is not None:
                    share.append(PartitionId(topic, partition))
        logs.changed.notify_all()
