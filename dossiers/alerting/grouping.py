"""From alerts, roster and data time to the messages that somebody gets. Pure: it sends nothing.

An alert waits for each of its receivers: for the group to fill, until quiet hours are over, until
somebody is on duty, until a snooze ends, or until a source is heard again. Whenever something is
about to go out, it is asked again whether it is still true, and who is to know.
"""

from __future__ import annotations

from collections.abc import Iterable

from dossiers.alerting.closing import close_due
from dossiers.alerting.digests import Digests
from dossiers.alerting.kept import Kept
from dossiers.alerting.sendings import Sendings
from dossiers.alerting.surroundings import Surroundings
from dossiers.alerting.taking import take
from dossiers.alerting.waiting import Waiting
from dossiers.reference.context import Context
from dossiers.wire.alerts import Alert
from dossiers.wire.roster import RosterEntry


class Planner:
    """``take`` alerts in the order of their topic, then ``advance`` to data time: it gives what is
    to be sent now. What it remembers are ``parts``, of which ``changes`` are to be stored together
    with what ``advance`` gave: a planner made of these goes on as if it had never stopped.
    """

    def __init__(
        self,
        context: Context,
        roster: Iterable[RosterEntry] = (),
        parts: Iterable[tuple[str, bytes]] = (),
    ) -> None:
        self._kept = Kept(parts)
        self._waiting = Waiting(Surroundings(context, roster), self._kept)
        self._digests = Digests(self._waiting)
        self.changes = self._kept.changes
        self.parts = self._kept.parts

    @property
    def now(self) -> int:
        """Data time (ms) to which it has advanced."""
        return self._kept.clock.now

    @property
    def next_at(self) -> int:
        """Before which data time (ms) ``advance`` has nothing to do if nothing is taken."""
        return min(self._waiting.next_at, self._digests.next_at)

    @property
    def open(self) -> int:
        """How many alerts have not ended."""
        return len(self._kept.alerts)

    def knows(self, alert_id: str) -> bool:
        """Whether there is such an alert, and it has not ended."""
        return alert_id in self._kept.alerts

    def refer(self, context: Context) -> None:
        """Other reference data counts from now on. What nobody was told, those may be told whom it
        names."""
        self._waiting.around.refer(context)
        self._waiting.release(("nobody", "quiet"), self.now + 1)
        for known in list(self._kept.alerts.values()):
            if not any(post.told or post.waits for post in known.posts.values()):
                self._waiting.assign(known, self.now)

    def know(self, officer: str, entry: RosterEntry | None) -> None:
        """What the roster says of somebody has changed; None: it says nothing any more."""
        self._waiting.around.know(officer, entry)
        self._waiting.release(("nobody", "quiet"), self.now + 1)

    def take(self, alert: Alert) -> None:
        """The next record of topic alerts. One that is not newer than what is known of its alert
        changes nothing."""
        take(alert, self._waiting)

    def begin_here(self) -> None:
        """What has been taken so far counts as told: it is of a time before there was a planner,
        and stands in digests only."""
        self._waiting.call_off()

    def advance(self, now: int) -> Sendings:
        """What is to be done at data time ``now`` (ms); time that goes back is as if it stood."""
        if now > self.now:
            self._kept.clock.now = now
            self._kept.clock_touched()
        digests = list(self._digests.due())
        groups = list(close_due(self._waiting))
        withheld, self._waiting.withheld = self._waiting.withheld, []
        return Sendings(digests, groups, withheld)
