"""The key figures of page /data."""

from __future__ import annotations

from collections.abc import Sequence

from api.data_quality.counted import PortalCounts
from api.data_quality.letters import ReasonCount
from api.data_quality.sources import SourceStates
from api.pages.data.coverage_lists import month_in_words
from api.pages.data.nights import outcome_in_words
from api.pages.data.wording import age_in_words, real_age, source_name
from api.pages.parts.figure import FigureTile, help_of
from api.pages.rendering import calendar_in_use
from api.pages.words import Words, local_time
from api.viewer import Viewer


def coverage_tile(found: PortalCounts, viewer: Viewer, words: Words) -> FigureTile:
    """How much of what the portal counts is here."""
    month = month_in_words(found.month, words)
    at = "" if found.at is None else local_time(found.at, calendar_in_use(viewer))
    total = found.total
    if total is None or total.share is None:
        return FigureTile(
            words("data_tile_coverage"),
            words("missing"),
            notes=(words("data_counts_none"),),
            help=help_of(words, "data_coverage"),
            href="/data/coverage",
        )
    note = words(
        "data_coverage_note",
        here=words.number(total.counted - total.missing),
        counted=words.number(total.counted),
        missing=words.number(total.missing),
    )
    return FigureTile(
        words("data_tile_coverage"),
        words.decimal(total.share, 2),
        unit="%",
        notes=(note,),
        href=f"/data/coverage?month={found.month}",
        age=words("data_coverage_at", month=month, at=at),
        help=help_of(words, "data_coverage", age=at),
    )


def sources_tile(found: SourceStates, viewer: Viewer, words: Words) -> FigureTile:
    """How many sources are fresh, and which is silent for longest."""
    silent, all_ = found.silent, len(found.sources)
    note = words("data_sources_all") if all_ else words("data_sources_none")
    if silent:
        calendar = calendar_in_use(viewer)
        note = words(
            "data_source_silent" if silent[0].last is not None else "data_source_never",
            source=source_name(silent[0].id, viewer, words),
            age=age_in_words(silent[0].age, calendar, words),
        )
    return FigureTile(
        words("data_tile_sources"),
        words.number(all_ - len(silent)),
        unit=words("data_of_sources", n=words.number(all_)),
        tone="late" if silent else "neutral",
        shape="silent" if silent else "",
        notes=(note,),
        href="/data/sources",
        help=help_of(words, "data_sources", age=local_time(found.as_of, calendar_in_use(viewer))),
    )


def recount_tile(viewer: Viewer, words: Words) -> FigureTile:
    """What the last recount found."""
    last = viewer.live.view.verifications.last
    label, help_ = words("data_tile_recount"), help_of(words, "data_recount")
    if last is None:
        note = "data_nights_none" if viewer.live.config.mode == "live" else "data_nights_unreal"
        return FigureTile(
            label, words("missing"), notes=(words(note),), help=help_, href="/data/nights"
        )
    good = last.outcome == "equal"
    note = words(
        "data_recount_note",
        at=local_time(last.at, calendar_in_use(viewer)),
        checks=len(last.checks),
        seconds=words.decimal(last.duration / 1000, 0),
    )
    failed = last.outcome == "failed"
    return FigureTile(
        label,
        "–" if failed else words.number(last.differences),
        unit=outcome_in_words(last, words) if failed else words("data_differences"),
        tone="fresh" if good else "late",
        shape="done" if good else "owed",
        notes=(note,),
        href="/data/nights",
        help=help_,
    )


def letters_tile(found: Sequence[ReasonCount], viewer: Viewer, words: Words) -> FigureTile:
    """Dead letters that wait for a decision."""
    oldest = min((each.oldest for each in found), default=None)
    note = words("data_letters_none_open")
    if oldest is not None:
        note = words("data_letters_oldest", at=local_time(oldest, calendar_in_use(viewer)))
    return FigureTile(
        words("data_tile_letters"),
        words.number(sum(each.letters for each in found)),
        notes=(note,),
        href="/data/letters",
        help=help_of(words, "data_letters"),
    )


def pipeline_tile(viewer: Viewer, words: Words) -> FigureTile:
    """How long ago the stream last said what time it is."""
    age = viewer.view.tick_age_ms()
    label, help_ = words("data_tile_pipeline"), help_of(words, "data_pipeline")
    lag = viewer.live.counters().get("lag", 0)
    note = words("data_pipeline_lag", n=words.number(lag))
    if age is None:
        return FigureTile(label, "–", notes=(words("data_pipeline_none"),), help=help_)
    if age < 60_000:
        value, unit = words.decimal(age / 1000, 1), words("data_second_word")
    else:
        value, unit = real_age(age, words), ""
    return FigureTile(
        label,
        value,
        unit=unit,
        tone="late" if age > 60_000 else "neutral",
        notes=(note,),
        help=help_,
    )
