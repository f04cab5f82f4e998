"""A filter in words: a chip for each condition, with the address without it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from api.insight.filters import FIELD_NAMES, Filter
from api.labels import step_name
from api.pages.dossiers.asked_names import asked_officer, asked_unit
from api.pages.parts.marks import Link
from api.pages.words import Words
from api.viewer import Viewer
from dossiers.reference.context import UNKNOWN

_LISTS = ("standing", "marks", "flags")
_NAMED_WINDOWS = ("1h", "24h", "7d", "30d", "month", "year", "today")


def chips_of(filter_: Filter, viewer: Viewer, words: Words, base: str) -> tuple[Link, ...]:
    """``base``: what all addresses keep beside the filter, "" or as in "sort=due"."""
    return tuple(
        Link(text, _address(without, base)) for text, without in _parts(filter_, viewer, words)
    )


def _address(filter_: Filter, base: str) -> str:
    url = filter_.url()
    return f"{url}{'&' if '?' in url else '?'}{base}" if base else url


def _parts(f: Filter, viewer: Viewer, words: Words) -> Iterator[tuple[str, Filter]]:
    for name in FIELD_NAMES:
        if name in _LISTS or name in ("what", "window"):
            continue
        value = getattr(f, name)
        if value:
            yield _said(name, value, f, viewer, words), f.with_(**{name: type(value)()})
    for name in _LISTS:
        for value in getattr(f, name):
            rest = tuple(each for each in getattr(f, name) if each != value)
            yield word_of(name, value, words), f.with_(**{name: rest})
    if f.what or f.window:
        what = words(f"what_{f.what or 'received'}")
        text = f"{what} {window_words(f.window, words)}" if f.window else what
        yield text, f.with_(what="", window="")


def word_of(name: str, value: str, words: Words) -> str:
    """One of the words of a filter; what is not known as it is."""
    prefix = {"standing": "verdict", "marks": "is", "flags": "flag"}[name]
    key = f"{prefix}_{value}"
    text = words(key) if words.has(key) else value
    return text[:1].upper() + text[1:]


def _said(name: str, value: Any, f: Filter, viewer: Viewer, words: Words) -> str:
    labels = viewer.labels
    if name in ("officer", "charged") and value == UNKNOWN:
        return words("is_unassigned")
    shown = str(value)
    if name == "level":
        shown = level_words(value, words)
    elif name in ("online", "channel", "left", "age") and words.has(f"{name}_{value}"):
        shown = words(f"{name}_{value}")
    elif name in ("due", "turns"):
        shown = window_words(value, words)
    elif name == "step":
        shown = step_name(viewer.view.reference, value, f.procedure)
    elif name in ("unit", "charged_in", "held_in"):
        shown = asked_unit(value, viewer, words)
    elif name == "procedure":
        shown = labels.procedure(value)
    elif name in ("officer", "charged", "held", "late_before"):
        shown = asked_officer(value, viewer, words)
    return words(f"chip_{name}", value=shown)


def level_words(level: str, words: Words) -> str:
    """A procedure's level as people say it; what the directory writes in its own words stays."""
    return words(f"level_{level}") if words.has(f"level_{level}") else level


def window_words(window: str, words: Words) -> str:
    """A window as people say it; dates as they are."""
    if window in _NAMED_WINDOWS:
        return words(f"window_{window}")
    start, dots, end = window.partition("..")
    if not dots:
        return words("window_in", at=window)
    return words("window_span", start=start or "…", end=end or "…")
