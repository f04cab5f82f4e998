"""Sources, reasons and ages in words."""

from __future__ import annotations

import re

from api.data_quality.counted import unit_of_source
from api.data_quality.sources import SourceState
from api.pages.words import Words
from api.viewer import Viewer
from dossiers.reference.unlisted import shown_name
from dossiers.time.calendar import Calendar
from dossiers.time.hours import DAY, HOUR, MINUTE
from dossiers.wire.alert_policy import SourceLimit

_NO_LETTERS = re.compile(r"[^a-z0-9]+")


def _listed(source: str, viewer: Viewer) -> SourceLimit | None:
    """What sources.csv has of it."""
    sources = viewer.live.view.context.reference.sources
    return next((each for each in sources if each.id == source), None)


def source_name(source: str, viewer: Viewer, words: Words) -> str:
    """A source as people call it: by sources.csv, else the unit that sends, or what its kind is
    called."""
    if (listed := _listed(source, viewer)) is not None:
        return listed.name
    unit = unit_of_source(source, viewer.live.view.context)
    if unit:
        return viewer.labels.unit(unit)
    kind, colon, rest = source.partition(":")
    if colon and kind == "portal":
        return shown_name(rest, words.language)
    if words.has(f"data_source_{source}"):
        return words(f"data_source_{source}")
    return shown_name(source, words.language) or words("data_source_none")


def source_sub(source: str, viewer: Viewer, words: Words) -> str:
    """What stands beside the name: what the system is called, else the code under which a unit
    sends."""
    if (listed := _listed(source, viewer)) is not None and listed.system:
        return listed.system
    kind, colon, rest = source.partition(":")
    if colon and kind == "portal" and unit_of_source(source, viewer.live.view.context):
        return shown_name(rest, words.language)
    return ""


def reason_name(reason: str, words: Words) -> str:
    """Why a record was refused or put aside; a sentence of the entrance as it is."""
    if words.has(f"data_reason_{reason}"):
        return words(f"data_reason_{reason}")
    return reason or words("data_reason_other")


def recount_words(text: str, words: Words) -> str:
    """What a recount says of itself, in the language of the page if it is one of the sentences that
    do not change; else as it stands."""
    key = f"data_said_{_NO_LETTERS.sub('_', text.lower()).strip('_')[:60]}"
    return words(key) if words.has(key) else text


def age_in_words(age: int, calendar: Calendar, words: Words) -> str:
    """Working time (ms) since the last news: seconds below a minute."""
    if age < MINUTE:
        return words("data_seconds", n=age // 1000)
    return words.amount(age, calendar)


def silence_in_words(state: SourceState, calendar: Calendar, words: Words) -> str:
    """Since when nothing has come of a source."""
    if state.last is None:
        return words("data_never")
    return age_in_words(state.age, calendar, words)


def real_age(age: int, words: Words) -> str:
    """Real time (ms): the largest unit."""
    for length, name in ((DAY, "days"), (HOUR, "hours"), (MINUTE, "minutes")):
        if age >= length:
            return words(name, n=age // length)
    return words("data_seconds", n=max(0, age) // 1000)
