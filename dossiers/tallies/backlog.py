"""Backlog of a unit or an officer: too many overdue dossiers, for long enough to be more than a
passing peak.

An alert is raised when the number of overdue dossiers, or their share of the open ones, has been at
or over its threshold for some minutes of data time without a break, and is resolved when both have
been at or below a lower one for as long. Between the two nothing changes, so a figure that swings
around one threshold makes one alert and not one a swing.
"""

from __future__ import annotations

from typing import NamedTuple

from dossiers.reference.policies import AlertSettings
from dossiers.wire.tallies import Backlog

MINUTE = 60_000
NEVER = Backlog()


class BacklogLimits(NamedTuple):
    """``overdue``: dossiers, 0: off. ``rate``: overdue of 100 open, 0: off, judged if at least
    ``volume`` are open. ``span``: ms. ``clear``: the lower thresholds' share of these, 0..1."""

    overdue: int
    rate: float
    volume: int
    span: int
    clear: float

    def over(self, overdue: int, open_: int) -> bool:
        """Whether a threshold is reached."""
        rated = self.rate > 0 and open_ >= max(self.volume, 1)
        return (overdue >= self.overdue > 0) or (rated and 100.0 * overdue >= self.rate * open_)

    def clear_of(self, overdue: int, open_: int) -> bool:
        """Whether both figures are at or below their lower thresholds.

        The volume has a lower one too: else a rate that stays high would come and go with every
        dossier around it.
        """
        if self.over(overdue, open_):
            return False  # the lower thresholds may be the same as the upper ones
        number, rate, volume = (x * self.clear for x in (self.overdue, self.rate, self.volume))
        rated = self.rate > 0 and open_ >= volume
        return not (overdue > number and self.overdue > 0) and not (
            rated and 100.0 * overdue > rate * open_
        )


OFF = BacklogLimits(overdue=0, rate=0.0, volume=0, span=0, clear=1.0)


def thresholds(settings: AlertSettings, *, has_units_below: bool) -> BacklogLimits:
    """What ``settings`` ask of a unit or an officer.

    The number is meant for an office that works on dossiers itself: the sum over a whole province
    is beyond it on its best day, so units above others are judged by the rate alone.
    """
    return BacklogLimits(
        overdue=0 if has_units_below else settings.backlog_overdue,
        rate=settings.backlog_rate,
        volume=settings.backlog_volume,
        span=settings.backlog_minutes * MINUTE,
        clear=min(max(settings.backlog_clear, 0.0), 100.0) / 100,
    )


def observe(
    before: Backlog, now: int, overdue: int, open_: int, limits: BacklogLimits
) -> tuple[Backlog, bool]:
    """The state at data time ``now`` (ms) with these figures, and whether its alert has changed.

    What was seen last is taken to have held until ``now``; an alert's cause is the instant at which
    a threshold was first seen crossed.
    """
    raised = before.status == "raised"
    towards_change = limits.clear_of if raised else limits.over
    if not towards_change(overdue, open_):
        return (before if before.since is None else _since(before, None)), False
    since = now if before.since is None else before.since
    if now - since < limits.span:
        return (before if since == before.since else _since(before, since)), False
    if raised:
        return Backlog(None, before.cause, before.sequence + 1, "resolved"), True
    # Only without any waiting time can one instant be the cause twice.
    sequence = before.sequence + 1 if since == before.cause else 1
    return Backlog(None, since, sequence, "raised"), True


def is_due(state: Backlog, now: int, limits: BacklogLimits) -> bool:
    """Whether time alone has changed the alert by ``now`` (ms)."""
    return state.since is not None and now - state.since >= limits.span


def _since(state: Backlog, since: int | None) -> Backlog:
    return Backlog(since, state.cause, state.sequence, state.status)
