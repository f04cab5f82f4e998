"""The form of the list of dossiers: what one can choose, and what is chosen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from api.access.reach import below
from api.insight.filters import Filter
from api.labels import step_name
from api.pages.dossiers.asked_names import asked_officer
from api.pages.dossiers.list_chips import level_words, window_words, word_of
from api.pages.parts.controls import Choice, Select
from api.pages.words import Words
from api.viewer import Viewer
from dossiers.reference.context import UNKNOWN
from dossiers.wire.flags import ALL_FLAGS
from dossiers.wire.reference import Procedure

MOST_CHOICES = 400  # in one select; of more one chooses the field or the unit first
_STANDINGS = (
    "within", "waiting", "overdue", "pending", "early", "on_time", "late", "no_due", "refused",
    "withdrawn", "unreceived",
)  # fmt: skip
_MARKS = ("due_soon", "step_overdue", "late_reception", "extended", "reopened", "unassigned")
_WHAT = ("received", "finished", "early", "on_time", "late", "newly_overdue", "late_receptions")
_WINDOWS = ("today", "24h", "7d", "30d", "month", "year")


@dataclass(frozen=True)
class Box:
    """A box to tick: one value of a parameter."""

    name: str
    value: str
    text: str
    checked: bool


@dataclass(frozen=True)
class ListForm:
    """``selects``: always seen; ``more``: behind a line that opens, as ``boxes`` are, by title.
    ``kept``: hidden parameters."""

    text: str
    selects: tuple[Select, ...]
    more: tuple[Select, ...]
    boxes: tuple[tuple[str, tuple[Box, ...]], ...]
    kept: tuple[tuple[str, str], ...]


def form_of(f: Filter, viewer: Viewer, words: Words, kept: Sequence[tuple[str, str]]) -> ListForm:
    """``kept``: parameters that are no condition, as the order."""
    names = ("due", "turns", "charged", "charged_in", "held", "held_in", "late_before")
    set_aside = [(name, getattr(f, name)) for name in names]
    set_aside.append(("supplements", str(f.supplements or "")))
    return ListForm(
        text=f.text,
        selects=tuple(_first(f, viewer, words)),
        more=tuple(_more(f, viewer, words)),
        boxes=tuple(_boxes(f, words)),
        kept=(*((name, value) for name, value in set_aside if value), *kept),
    )


def _select(
    name: str, words: Words, value: str, options: Iterable[tuple[str, str]], everything: str = ""
) -> Select:
    """What is chosen and not among the options is one all the same."""
    pairs = list(options)
    if value and value not in dict(pairs):
        pairs.append((value, value))
    first = Choice("", everything or words("any"), not value)
    rest = (Choice(v, text, v == value) for v, text in pairs)
    return Select(name, words(f"by_{name}"), (first, *rest))


def _first(f: Filter, viewer: Viewer, words: Words) -> Iterable[Select]:
    units = [(u.id, u.name) for u in viewer.view.reference.units][:1_500]
    if f.unit and f.unit not in dict(units):
        units.append((f.unit, viewer.labels.unit(f.unit)))
    if len(units) > 1:
        yield _select("unit", words, f.unit, units)
    procedures = viewer.view.reference.procedures
    fields = sorted({p.field for p in procedures if p.field})
    if len(fields) > 1 or f.field:
        yield _select("field", words, f.field, ((each, each) for each in fields))
    yield _select("procedure", words, f.procedure, _procedures(f, procedures, viewer))


def _procedures(
    f: Filter, procedures: Sequence[Procedure], viewer: Viewer
) -> list[tuple[str, str]]:
    """Those of the field, if one is chosen; none if there are too many to choose from."""
    found = [(p.id, p.name) for p in procedures if f.field in ("", p.field)]
    if len(found) > MOST_CHOICES:
        found = []
    if f.procedure and f.procedure not in dict(found):
        found.append((f.procedure, viewer.labels.procedure(f.procedure)))
    return sorted(found, key=lambda pair: pair[1])


def _more(f: Filter, viewer: Viewer, words: Words) -> Iterable[Select]:
    if officers := _officers(f, viewer, words):
        yield _select("officer", words, f.officer, officers)
    if steps := _steps(f, viewer):
        yield _select("step", words, f.step, steps)
    for name, values in (("left", ("soon", "to16", "to40", "over40", "none")),
                         ("age", ("under8", "to24", "over24"))):  # fmt: skip
        options = ((each, words(f"{name}_{each}")) for each in values)
        yield _select(name, words, getattr(f, name), options)
    levels = sorted({p.level for p in viewer.view.reference.procedures if p.level})
    if levels or f.level:
        yield _select(
            "level", words, f.level, ((each, level_words(each, words)) for each in levels)
        )
    yield _select(
        "online", words, f.online, ((each, words(f"online_{each}")) for each in ("full", "partial"))
    )
    channel = str(f.channel or "")
    yield _select(
        "channel", words, channel, ((each, words(f"channel_{each}")) for each in ("1", "2", "3"))
    )
    yield _select("what", words, f.what, ((each, words(f"what_{each}")) for each in _WHAT))
    windows = [(each, window_words(each, words)) for each in _WINDOWS]
    if f.window and f.window not in _WINDOWS:
        windows.append((f.window, window_words(f.window, words)))
    yield _select("window", words, f.window, windows)


def _officers(f: Filter, viewer: Viewer, words: Words) -> list[tuple[str, str]]:
    """Of the unit chosen and those below it, as the reader may read their names."""
    if not f.unit and not f.officer:
        return []
    units = below([f.unit], viewer.view.reference) if f.unit else set()
    found = [
        (officer.id, viewer.labels.officer(officer.id) or words("officer_hidden"))
        for officer in viewer.view.reference.officers
        if officer.unit in units
    ]
    found = sorted(found, key=lambda pair: pair[1]) if len(found) <= MOST_CHOICES else []
    if f.officer and f.officer not in dict(found):
        nobody = f.officer == UNKNOWN
        label = words("is_unassigned") if nobody else asked_officer(f.officer, viewer, words)
        found.append((f.officer, label))
    return found


def _steps(f: Filter, viewer: Viewer) -> list[tuple[str, str]]:
    """Of the procedure chosen."""
    found = [
        (step.id, step.name or step.id)
        for procedure in viewer.view.reference.procedures
        if procedure.id == f.procedure
        for step in procedure.steps
    ]
    if f.step and f.step not in dict(found):
        found.append((f.step, step_name(viewer.view.reference, f.step, f.procedure)))
    return found


def _boxes(f: Filter, words: Words) -> Iterable[tuple[str, tuple[Box, ...]]]:
    for name, values in (
        ("standing", _STANDINGS),
        ("marks", (*_MARKS, *(m for m in f.marks if m not in _MARKS))),
        ("flags", sorted(ALL_FLAGS)),
    ):
        chosen = getattr(f, name)
        yield (
            words(f"by_{name}"),
            tuple(Box(name, v, word_of(name, v, words), v in chosen) for v in values),
        )
