"""By what a page of units can be narrowed: all of it in its address."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import Depends, Query

from api.insight.filters import Filter
from api.insight.parsing import Id
from api.pages.parts.controls import Choice, FilterForm, Select
from api.pages.parts.marks import Link
from api.pages.units.subject import UnitSubject

NARROWED_BY = ("field", "procedure", "level", "online", "channel")
_ONLINE = ("full", "partial")
_CHANNELS = (1, 2, 3)


def narrowing_of(
    field: Id = "",
    procedure: Id = "",
    level: Id = "",
    online: Annotated[
        Literal["", "full", "partial"], Query(description="as an online service")
    ] = "",
    channel: Annotated[
        Literal["", "1", "2", "3"], Query(description="1 direct, 2 online, 3 by post")
    ] = "",
) -> Filter:
    """What a request narrows a page of units to."""
    return Filter(
        field=field, procedure=procedure, level=level, online=online, channel=int(channel or 0)
    )


Narrowing = Annotated[Filter, Depends(narrowing_of)]


def filter_form(
    subject: UnitSubject, action: str, kept: Iterable[tuple[str, str]] = ()
) -> FilterForm:
    """The form, and a chip for each part that is set."""
    words = subject.words
    options = {name: choices for name, choices in _options(subject).items() if len(choices) > 1}
    pairs = tuple((name, value) for name, value in kept if value)
    everything = f"{action}?{urlencode(pairs)}" if pairs else action
    selects = tuple(
        Select(
            name, words(f"units_by_{name}"),
            (Choice("", words("units_all")),
             *(Choice(value, text, value == _value(subject.of, name)) for value, text in choices)),
        )
        for name, choices in options.items()
    )  # fmt: skip
    return FilterForm(
        action=action,
        selects=selects,
        kept=pairs,
        chips=tuple(_chips(subject, options)),
        clear=everything if narrowed(subject.of) else "",
    )


def narrowed(of: Filter) -> bool:
    """Whether any of these conditions is set."""
    return any(getattr(of, name) for name in NARROWED_BY)


def _value(of: Filter, name: str) -> str:
    return str(getattr(of, name) or "")


def _options(subject: UnitSubject) -> dict[str, list[tuple[str, str]]]:
    """Of each condition its values and their words, as the reference data has them."""
    words, reference = subject.words, subject.viewer.view.reference
    procedures = [p for p in reference.procedures if subject.of.field in ("", p.field)]
    online = {p.online for p in reference.procedures}
    return {
        "field": [(f, f) for f in sorted({p.field for p in reference.procedures if p.field})],
        "procedure": sorted(((p.id, p.name) for p in procedures), key=lambda each: each[1]),
        "level": [(v, v) for v in sorted({p.level for p in reference.procedures if p.level})],
        "online": [(v, words(f"units_online_{v}")) for v in _ONLINE if v in online],
        "channel": [(str(v), words(f"units_channel_{v}")) for v in _CHANNELS],
    }


def _chips(subject: UnitSubject, options: dict[str, list[tuple[str, str]]]) -> Iterable[Link]:
    for name in NARROWED_BY:
        value = _value(subject.of, name)
        if value:
            text = dict(options.get(name, ())).get(value, value)
            href = subject.viewer.asked.address(**{name: None})
            yield Link(f"{subject.words(f'units_by_{name}')}: {text}", href)
