"""Panels of what sources sent: dead letters, changed dates, and the last recount."""

from __future__ import annotations

from collections.abc import Sequence

from api.data_quality.letters import ReasonCount
from api.data_quality.rewritten import DAYS, KINDS, RewrittenDates
from api.pages.data.nights import nights_of, outcome_in_words, said, tallied
from api.pages.data.parts_of_page import SHOWN, PagePanel, counted_row, rest_row, two_columns
from api.pages.data.wording import reason_name, source_name
from api.pages.parts.figure import help_of
from api.pages.parts.marks import Badge, Link
from api.pages.parts.states import Empty
from api.pages.parts.table import DataRow, DataTable, TableCell, TableColumn
from api.pages.words import Words
from api.viewer import Viewer


def letters_panel(found: Sequence[ReasonCount], viewer: Viewer, words: Words) -> PagePanel:
    """Open dead letters by reason."""
    rows = [
        counted_row(
            reason_name(each.reason, words),
            ", ".join(
                f"{source_name(s, viewer, words)} {words.number(n)}" for s, n in each.sources[:3]
            ),
            words.number(each.letters),
            f"/data/letters?reason={each.reason}",
        )
        for each in found[:SHOWN]
    ]
    rest = sum(each.letters for each in found[SHOWN:])
    if rest:
        rows.append(rest_row(words("data_other_reasons", n=len(found) - SHOWN), rest, words))
    duplicates = viewer.live.counters().get("duplicates", 0)
    total = sum(each.letters for each in found)
    return PagePanel(
        "letters",
        words("data_letters"),
        words.number(total),
        table=two_columns(
            words("data_letters"), words("data_letter_reason"), words("data_count"), rows
        ),
        instead=None if rows else Empty("good", words("data_letters_none_open")),
        more=Link(words("data_letters_see"), "/data/letters") if rows else None,
        notes=(words("data_duplicates", n=words.number(duplicates)),),
    )


def rewritten_panel(found: RewrittenDates, viewer: Viewer, words: Words) -> PagePanel:
    """Changed dates by kind."""
    total = len(found.changes)
    rows = []
    for kind in KINDS:
        if of := found.of(kind):
            sources = found.by_source(kind)
            rows.append(
                counted_row(
                    words(f"data_rewrite_{kind}"),
                    ", ".join(
                        f"{source_name(s, viewer, words)} {words.number(n)}" for s, n in sources[:3]
                    ),
                    words.number(len(of)),
                    f"/data/rewritten?kind={kind}",
                    shape="rewritten",
                )
            )
    notes = [words("data_rewritten_kept")]
    if found.hiding:
        notes.append(words("data_rewritten_hiding", n=words.number(found.hiding)))
    if found.cut:
        notes.append(words("data_cut"))
    return PagePanel(
        "rewritten",
        words("data_rewritten"),
        words("data_rewritten_count", n=words.number(total), days=DAYS),
        table=two_columns(
            words("data_rewritten"), words("data_rewrite_kind"), words("data_count"), rows
        ),
        instead=None if rows else Empty("good", words("data_rewritten_none", days=DAYS)),
        more=Link(words("data_rewritten_see", n=words.number(total)), "/data/rewritten")
        if rows
        else None,
        notes=tuple(notes) if rows else (),
        help=help_of(words, "data_rewritten"),
    )


def recount_panel(viewer: Viewer, words: Words) -> PagePanel:
    """The last recount: some figures as shown and as counted again."""
    title = words("data_recount")
    last = viewer.live.view.verifications.last
    more = Link(words("data_history"), "/data/nights")
    if last is None:
        none = "data_nights_none" if viewer.live.config.mode == "live" else "data_nights_unreal"
        nothing = Empty("none", words(none), words("data_by_hand"))
        return PagePanel("recount", title, instead=nothing)
    rows = [
        DataRow(
            (
                TableCell(
                    words(f"data_figure_{each.name}")
                    if words.has(f"data_figure_{each.name}")
                    else each.name
                ),
                TableCell(words.number(each.shown)),
                TableCell(
                    words.number(each.recounted),
                    tone="late" if each.shown != each.recounted else "neutral",
                ),
            )
        )
        for each in last.figures
    ]
    columns = (
        TableColumn(words("data_figure"), phone="lead"),
        TableColumn(words("data_shown"), number=True, phone="more"),
        TableColumn(words("data_recounted"), number=True, phone="main"),
    )
    good = last.outcome == "equal"
    badge = Badge(
        words("data_checks_good", n=last.agreeing, of=len(last.checks))
        if last.outcome != "failed"
        else outcome_in_words(last, words),
        "fresh" if good else "late",
        "done" if good else "owed",
    )
    counts = tallied(nights_of(viewer))
    return PagePanel(
        "recount",
        title,
        table=DataTable(title, columns, tuple(rows)) if rows else None,
        instead=None if rows else Empty("none", outcome_in_words(last, words), last.problem),
        badge=badge,
        notes=(
            words("data_recount_text", records=words.number(last.records)),
            words("data_nights_sum", nights=sum(counts.values()), **counts),
            *(
                (
                    words(
                        "data_night_left_out",
                        what=said(last.left_out, words),
                    ),
                )
                if last.left_out
                else ()
            ),
        ),
        more=more,
        help=help_of(words, "data_recount"),
    )
