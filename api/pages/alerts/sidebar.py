"""What the list can be narrowed to, each choice with the number that it shows."""

from __future__ import annotations

from dataclasses import dataclass

from api.inbox.items import STATES
from api.inbox.urgency import KINDS
from api.pages.alerts.asking import AlertFilter, Order
from api.pages.alerts.selection import Selection, most_first
from api.pages.alerts.wording import MARKS, AlertWords
from api.pages.dossiers.asked_names import asked_unit
from api.pages.parts.controls import Choice, Select
from api.pages.parts.marks import Link, Shape, Tone

MOST_UNITS = 10  # named; the rest is behind a fold
ORDERS: tuple[Order, ...] = ("urgency", "newest", "longest")


@dataclass(frozen=True)
class SideChoice:
    """One line, which leads to as many rows as it says; the chips take a choice away."""

    text: str
    href: str
    count: str
    chosen: bool = False
    shape: Shape = ""
    tone: Tone = "neutral"


@dataclass(frozen=True)
class Sidebar:
    """``more``: further units; ``more_title``: how many. ``chips``: what is set, each with the
    address without it."""

    states: tuple[SideChoice, ...]
    kinds: tuple[SideChoice, ...]
    units: tuple[SideChoice, ...]
    more: tuple[SideChoice, ...]
    more_title: str
    order: Select
    chips: tuple[Link, ...]


def sidebar_of(found: Selection, asked: AlertFilter, say: AlertWords) -> Sidebar:
    """Kinds that nobody has are shown too: what is not there is told as well."""
    words = say.words
    units = _units(found, asked, say)
    few = units[:MOST_UNITS] if len(units) > MOST_UNITS + 1 else units
    more = units[len(few) :]
    return Sidebar(
        states=tuple(
            SideChoice(
                words(f"inbox_state_{state}"),
                asked.url(state=state),
                words.number(found.states[state]),
                asked.state == state,
            )
            for state in STATES
            if state != "held" or asked.state == state
        ),
        kinds=tuple(_kinds(found, asked, say)),
        units=few,
        more=more,
        more_title=words("inbox_more_units", n=len(more)),
        order=Select(
            "sort",
            words("inbox_order"),
            tuple(
                Choice(each, words(f"inbox_order_{each}"), each == asked.sort) for each in ORDERS
            ),
        ),
        chips=tuple(_chips(asked, say)),
    )


def _kinds(found: Selection, asked: AlertFilter, say: AlertWords) -> list[SideChoice]:
    rows = []
    for kind in KINDS:
        shape, tone = MARKS[kind]
        chosen = asked.kind == kind
        rows.append(
            SideChoice(
                say.words(f"inbox_kind_{kind}"),
                asked.url(kind=kind),
                say.words.number(found.kinds[kind]),
                chosen,
                shape,
                tone,
            )
        )
    return rows


def _units(found: Selection, asked: AlertFilter, say: AlertWords) -> tuple[SideChoice, ...]:
    """None where there is nothing to choose between."""
    counts = most_first(found.units)
    if len(counts) < 2 and not asked.unit:
        return ()
    return tuple(
        SideChoice(
            say.unit(unit),
            asked.url(unit=unit),
            say.words.number(count),
            unit == asked.unit,
        )
        for unit, count in counts
    )


def _chips(asked: AlertFilter, say: AlertWords) -> list[Link]:
    words = say.words
    chips = []
    if asked.kind:
        chips.append(Link(words(f"inbox_kind_{asked.kind}"), asked.url(kind="", cause=0, group="")))
    if asked.group:
        chips.append(Link(words(f"inbox_group_{asked.group}"), asked.url(group="")))
    if asked.cause:
        text = words("inbox_many_since", at=say.clock(asked.cause))
        chips.append(Link(text, asked.url(cause=0)))
    if asked.unit:
        named = asked_unit(asked.unit, say.viewer, words)
        chips.append(Link(named, asked.url(unit="")))
    if asked.q:
        chips.append(Link(words("inbox_chip_q", q=asked.q), asked.url(q="")))
    return chips
