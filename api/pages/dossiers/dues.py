"""Every due time that a dossier had, with each addition on the way to it and the rule behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from api.pages.dossiers.amounts import Written
from dossiers.reports.due_history import DueChange
from dossiers.reports.due_steps import DueStep, Param


@dataclass(frozen=True)
class DueView:
    """``due``, ``set_at``: as written. ``struck``: no longer so; ``counts``: False if it came too
    late to count. ``steps``: additions, each with the instant that it led to. ``basis``: calendar
    and rule version."""

    due: str
    set_at: str
    rule: str
    struck: bool
    rewrite: bool
    counts: bool
    steps: tuple[tuple[str, str], ...]
    basis: str


def dues_of(dues: Sequence[DueChange], due_at: int | None, say: Written) -> tuple[DueView, ...]:
    """In the order in which they were set; ``due_at`` (ms): the one that counts now."""
    last = max((n for n, due in enumerate(dues) if due.counts), default=-1)
    return tuple(
        DueView(
            due=say.moment(due.due_at),
            set_at=say.moment(due.at),
            rule=_capital(say.words(f"rule_{due.rule}")),
            struck=n != last and not (due.counts and due.due_at == due_at),
            rewrite=due.rewrite,
            counts=due.counts,
            steps=tuple(_steps(due.steps, say)),
            basis=_basis(due, say),
        )
        for n, due in enumerate(dues)
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _basis(due: DueChange, say: Written) -> str:
    parts = []
    if due.rules:
        parts.append(say.words("by_rules", rules=due.rules))
    if due.calendar:
        parts.append(say.words("by_calendar", calendar=due.calendar))
    return " · ".join(parts)


def _steps(steps: Sequence[DueStep], say: Written) -> Iterator[tuple[str, str]]:
    for step in steps:
        text = say.words(
            f"due_{step.code}", **{k: _param(k, v, say) for k, v in _all(step).items()}
        )
        more = [
            say.words(f"due_{name}", dates=_dates(step.params[name]))
            for name in ("days_off", "make_up_days")
            if name in step.params
        ]
        yield " ".join([text, *more]), say.moment(step.at)


def _all(step: DueStep) -> dict[str, Param]:
    """What a message may name, also where this step does not say it."""
    usual: dict[str, Param] = {"amount": 0, "date": "", "cutoff": "", "from": 0, "to": 0}
    return usual | step.params


def _param(name: str, value: Param, say: Written) -> str:
    if name in ("from", "to") and isinstance(value, int):
        return say.short(value) if value else "–"
    if name == "date" and isinstance(value, str) and value:
        return f"{date.fromisoformat(value):%d/%m/%Y}"
    if name == "amount" and isinstance(value, int) and value >= 60_000:
        return say.amount(value)
    return ", ".join(value) if isinstance(value, list) else str(value)


def _dates(value: Param) -> str:
    days = value if isinstance(value, list) else [str(value)]
    return ", ".join(f"{date.fromisoformat(day):%d/%m}" for day in days)
