"""Whether the policies of alerts.toml hang together."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import get_args

from dossiers.reference.policies import TOLD, places
from dossiers.reference.problem import ReferenceProblem
from dossiers.time.hours import CalendarError, clock_ms
from dossiers.wire.alert_policy import AlertPolicy
from dossiers.wire.alerts import AlertKind
from dossiers.wire.reference import Reference

KINDS = get_args(AlertKind)
MOST_PAIRS = 50_000  # of a unit and a procedure, each of which is kept
LEVELS = 3  # of escalation
_MOST_REMINDERS = 5
_MOST_HOURS = 2_000  # a working year
# The least and the most of each number.
BOUNDS: dict[str, tuple[float, float]] = {
    "acknowledge_hours": (1, 80),
    "waiting_days": (1, 250),
    "backlog_overdue": (0, 1_000_000),
    "backlog_rate": (0, 100),
    "backlog_volume": (0, 1_000_000),
    "backlog_minutes": (0, 10_080),
    "backlog_clear": (0, 100),
    "group_seconds": (0, 3_600),
    "regroup_seconds": (0, 86_400),
    "storm": (2, 100_000),
    "budget": (1, 10_000),
}


def policy_problems(reference: Reference) -> Iterator[ReferenceProblem]:
    """Of every policy: what it speaks of, its numbers and times, and who is told."""
    units = {unit.id for unit in reference.units}
    procedures = {procedure.id for procedure in reference.procedures}
    held = {duty.duty for duty in reference.duties}
    first: dict[tuple[str, str], int] = {}
    pairs = 0
    for number, policy in enumerate(reference.alert_policies):
        at = (number,)
        yield from _unknown(at, "units", policy.units, units, "unit")
        yield from _unknown(at, "procedures", policy.procedures, procedures, "procedure")
        yield from _unknown(at, "off", policy.off or (), KINDS, "kind of alert")
        yield from _unknown(at, "digest", policy.digest or (), TOLD, "kind of alert")
        yield from _numbers(at, policy)
        yield from _hours(at, policy)
        yield from _clock(at, policy)
        yield from _told(at, policy, held)
        pairs += max(1, len(policy.units)) * max(1, len(policy.procedures))
        if pairs > MOST_PAIRS:
            text = f"the policies up to here name more than {MOST_PAIRS:,} pairs of both"
            field = "procedures" if policy.procedures else "units"
            yield ReferenceProblem("policies", at, field, text)
            return
        yield from _same_place(number, policy, first)


def _unknown(
    at: tuple[int, ...], field: str, said: Sequence[str], known: Collection[str], what: str
) -> Iterator[ReferenceProblem]:
    for name in said:
        if name not in known:
            names = f"; there are {', '.join(known)}" if what.startswith("kind") else ""
            text = f"there is no {what} {name!r}{names}: correct it, or leave it out"
            yield ReferenceProblem("policies", at, field, text, value=name)


def _numbers(at: tuple[int, ...], policy: AlertPolicy) -> Iterator[ReferenceProblem]:
    for field, (least, most) in BOUNDS.items():
        value = getattr(policy, field)
        if value is not None and not least <= value <= most:
            text = f"{value:g} is not from {least:g} to {most:g}"
            yield ReferenceProblem("policies", at, field, text)


def _hours(at: tuple[int, ...], policy: AlertPolicy) -> Iterator[ReferenceProblem]:
    """Working hours before and after the due time."""
    reminders, levels = policy.reminder_hours or (), policy.escalation_hours or ()
    for field, hours in (("reminder_hours", reminders), ("escalation_hours", levels)):
        if any(not 1 <= each <= _MOST_HOURS for each in hours):
            text = f"must be whole working hours from 1 to {_MOST_HOURS:,}"
            yield ReferenceProblem("policies", at, field, text)
    if len(reminders) > _MOST_REMINDERS or len(set(reminders)) < len(reminders):
        text = f"has one twice, or more than {_MOST_REMINDERS}"
        yield ReferenceProblem("policies", at, "reminder_hours", text)
    if list(levels) != sorted(set(levels)):
        text = (
            f"{', '.join(map(str, levels))} do not rise: each level must come later than the one "
            "before"
        )
        yield ReferenceProblem("policies", at, "escalation_hours", text)
    if len(levels) > LEVELS:
        text = f"has {len(levels)} levels, and there are {LEVELS}: leave the last ones out"
        yield ReferenceProblem("policies", at, "escalation_hours", text)


def _clock(at: tuple[int, ...], policy: AlertPolicy) -> Iterator[ReferenceProblem]:
    times = [("quiet", text) for text in policy.quiet or ()]
    times += [("digest_at", policy.digest_at)] if policy.digest_at is not None else []
    for field, text in times:
        try:
            clock_ms(text)
        except CalendarError as error:
            yield ReferenceProblem("policies", at, field, str(error))


def _told(
    at: tuple[int, ...], policy: AlertPolicy, held: Collection[str]
) -> Iterator[ReferenceProblem]:
    """``held``: duties that somebody has."""
    for kind, duties in (policy.told or {}).items():
        if kind not in TOLD:
            text = f"there is no kind of alert {kind!r}; there are {', '.join(TOLD)}"
            yield ReferenceProblem("policies", at, "told", text, value=kind)
        if len(set(duties)) < len(duties):
            text = f"{kind} names somebody twice"
            yield ReferenceProblem("policies", at, "told", text, value=kind)
        if not duties and kind in TOLD:
            text = f"{kind} is told to nobody: it stands in the inbox alone"
            yield ReferenceProblem("policies", at, "told", text, warning=True, value=kind)
        for duty in duties:
            if duty in ("head", "deputy", "leader", "reform") and duty not in held:
                text = (
                    f"{kind} goes to {duty!r}, a duty that no line of receivers.csv has: it goes "
                    "to the next one up"
                )
                yield ReferenceProblem("policies", at, "told", text, warning=True, value=kind)


def _same_place(
    number: int, policy: AlertPolicy, first: dict[tuple[str, str], int]
) -> Iterator[ReferenceProblem]:
    """Two policies of one specificity: nobody could say which of them holds."""
    for unit, procedure in places(policy):
        if (unit, procedure) in first:
            of = " and ".join(
                part for part in (unit and f"unit {unit!r}",
                                  procedure and f"procedure {procedure!r}") if part
            )  # fmt: skip
            other = "is there twice" if first[unit, procedure] == number else "has a policy already"
            text = f"{of or 'everything'} {other}: put both into one"
            field, value = ("units", unit) if unit else ("procedures", procedure)
            found = (field, value) if value else ("", "")
            yield ReferenceProblem("policies", (number,), found[0], text, value=found[1])
            return
        first[unit, procedure] = number
