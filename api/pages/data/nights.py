"""The recounts of the last nights: what was compared, what differed, and what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from api.live.verifications import MOST_NIGHTS
from api.pages.data.listing import ListedPage, sortable
from api.pages.data.wording import recount_words
from api.pages.parts.states import Empty, Notice
from api.pages.parts.table import DataRow, DataTable, TableCell, TableColumn
from api.pages.rendering import calendar_in_use
from api.pages.words import Words, local_time
from api.viewer import Viewer
from dossiers.wire.verifications import Verification


@dataclass(frozen=True)
class Night:
    """A local date (ISO) and what was found for it: None if nobody recounted. ``by_hand``: beside
    what came by itself."""

    date: str
    found: Verification | None
    by_hand: Verification | None


def nights_of(viewer: Viewer) -> list[Night]:
    """The last nights from the first one on record to the newest, newest first; those between
    without any record are missing."""
    records = viewer.live.view.verifications.newest_first()
    by_night: dict[str, dict[str, Verification]] = {}
    for record in reversed(records):
        by_night.setdefault(record.night, {})[record.occasion] = record
    if not by_night:
        return []
    first, last = date.fromisoformat(min(by_night)), date.fromisoformat(max(by_night))
    days = min((last - first).days + 1, MOST_NIGHTS)
    dates = [(last - timedelta(days=n)).isoformat() for n in range(days)]
    return [
        Night(day, by_night.get(day, {}).get("night"), by_night.get(day, {}).get("hand"))
        for day in dates
    ]


def outcome_in_words(found: Verification | None, words: Words) -> str:
    """In a word or two."""
    if found is None:
        return words("data_night_missing")
    if found.outcome == "different":
        return words("data_night_different", n=words.number(found.differences))
    return words(f"data_night_{found.outcome}")


def tallied(nights: list[Night]) -> dict[str, int]:
    """How many nights were equal, differed, failed or are missing; one by hand stands in where
    none came by itself."""
    counts = {"equal": 0, "different": 0, "failed": 0, "missing": 0}
    for night in nights:
        found = night.found or night.by_hand
        counts["missing" if found is None else found.outcome] += 1
    return counts


def nights_list(nights: list[Night], viewer: Viewer, words: Words) -> ListedPage:
    """One recount a line."""
    lines = [
        (night.date, found)
        for night in nights
        for found in (
            [night.by_hand]
            if night.by_hand and not night.found
            else [night.found, night.by_hand]
            if night.by_hand
            else [night.found]
        )
    ]
    columns = (
        TableColumn(words("data_night"), phone="lead"),
        TableColumn(words("data_night_outcome"), phone="main"),
        TableColumn(words("data_night_at"), phone="more"),
        TableColumn(words("data_night_seconds"), number=True, phone="more"),
        TableColumn(words("data_night_compared"), number=True, phone="more"),
        TableColumn(words("data_night_differences"), number=True, phone="off"),
        TableColumn(words("data_night_records"), number=True, phone="off"),
        TableColumn(words("data_night_version"), phone="off"),
    )
    mode = viewer.live.config.mode
    return ListedPage(
        name="nights",
        table=DataTable(
            words("data_nights"),
            columns,
            tuple(_row(day, found, viewer, words) for day, found in lines),
        ),
        aside=words("data_nights_count", n=len(nights)),
        empty=Empty("none", words("data_nights_none" if mode == "live" else "data_nights_unreal")),
        sheet=[
            [column.title for column in columns],
            *(
                [day, outcome_in_words(found, words)]
                + (
                    []
                    if found is None
                    else [
                        sortable(found.at, viewer),
                        found.duration / 1000,
                        found.compared,
                        found.differences,
                        found.records,
                        found.version,
                    ]
                )
                for day, found in lines
            ),
        ],
        notices=(Notice(words("data_nights_made_up")),) if tallied(nights)["missing"] else (),
    )


def _row(day: str, found: Verification | None, viewer: Viewer, words: Words) -> DataRow:
    shown = date.fromisoformat(day).strftime("%d/%m/%Y")
    if found is None:
        return DataRow(
            (
                TableCell(shown),
                TableCell(words("data_night_missing"), shape="owed"),
                *(TableCell("–") for _ in range(6)),
            )
        )
    bad = found.outcome != "equal"
    hand = words("data_night_by_hand") if found.occasion == "hand" else ""
    at = local_time(found.at, calendar_in_use(viewer))
    return DataRow(
        (
            TableCell(shown, href=f"/data/nights/{day}/{found.occasion}", sub=hand),
            TableCell(
                outcome_in_words(found, words),
                tone="late" if bad else "fresh",
                shape="owed" if bad else "done",
                sub=found.problem,
            ),
            TableCell(at),
            TableCell(words.decimal(found.duration / 1000, 0)),
            TableCell(words.number(found.compared)),
            TableCell(words.number(found.differences), strong=found.differences > 0),
            TableCell(words.number(found.records)),
            TableCell(found.version or "–"),
        )
    )


def night_details(found: Verification, viewer: Viewer, words: Words) -> ListedPage:
    """The checks of one recount."""
    columns = (
        TableColumn(words("data_check"), wide=True, phone="lead"),
        TableColumn(words("data_night_compared"), number=True, phone="more"),
        TableColumn(words("data_night_differences"), number=True, phone="main"),
        TableColumn(words("data_check_moved"), number=True, phone="off"),
        TableColumn(words("data_check_left_out"), wide=True, phone="more"),
    )
    rows = tuple(
        DataRow(
            (
                TableCell(recount_words(check.name, words), sub="; ".join(check.examples)),
                TableCell(words.number(check.compared)),
                TableCell(
                    words.number(check.differences), tone="late" if check.differences else "neutral"
                ),
                TableCell(words.number(check.moved)),
                TableCell(said(check.left_out, words) or "–"),
            )
        )
        for check in found.checks
    )
    problem = (Notice(found.problem, "owed"),) if found.problem else ()
    left_out = (Notice(words("data_night_left_out", what=said(found.left_out, words))),)
    shared = (Notice(words("data_night_shared", what=said(found.shared, words))),)
    at = local_time(found.at, calendar_in_use(viewer))
    return ListedPage(
        name="checks",
        table=DataTable(words("data_checks"), columns, rows),
        aside=words(
            "data_checks_of",
            at=at,
            records=words.number(found.records),
            outcome=outcome_in_words(found, words),
        ),
        empty=Empty("none", words("data_checks_none")),
        notices=(
            *problem,
            *(left_out if found.left_out else ()),
            *(shared if found.shared else ()),
        ),
    )


def said(sentences: Sequence[str], words: Words) -> str:
    """Sentences of a recount, in the language of the page where they have words."""
    return "; ".join(recount_words(each, words) for each in sentences)
