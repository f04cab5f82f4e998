"""Steps and how long they take."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, urlencode

from api.data_quality.steps import DAYS, LEAST, StepTime, StepTimes
from api.labels import step_name
from api.pages.data.listing import PAGE, ListedPage, paged
from api.pages.data.parts_of_page import SHOWN, PagePanel
from api.pages.parts.figure import help_of
from api.pages.parts.marks import Link
from api.pages.parts.states import Empty
from api.pages.parts.table import DataRow, DataTable, TableCell, TableColumn
from api.pages.rendering import calendar_in_use
from api.pages.words import Words
from api.viewer import Viewer
from dossiers.reference.unlisted import shown_name
from dossiers.time.hours import HOUR


def _name(each: StepTime, viewer: Viewer) -> str:
    """As the reference data calls it."""
    return step_name(viewer.live.view.context.reference, each.step, each.procedure)


def steps_panel(found: StepTimes, viewer: Viewer, words: Words) -> PagePanel:
    """Those whose median exceeds their limit."""
    over = found.over
    rows = [_row(each, viewer, words) for each in over[:SHOWN]]
    if left := over[SHOWN:]:
        text = words("data_other_steps", n=words.number(len(left)))
        cells = (TableCell(text, href="/data/steps"), TableCell(), TableCell(), TableCell())
        rows.append(DataRow(cells, kind="rest"))
    count, sample = words.number(len(over)), words.number(found.sample)
    none = Empty("good", words("data_steps_none", sample=sample))
    if not found.steps:
        none = Empty("none", words("data_steps_too_few", least=LEAST))
    return PagePanel(
        "steps",
        words("data_steps"),
        words("data_steps_count", n=count, all=words.number(len(found.steps))),
        table=DataTable(words("data_steps"), _columns(words), tuple(rows)) if rows else None,
        instead=None if rows else none,
        more=Link(words("data_steps_see"), "/data/steps") if found.steps else None,
        help=help_of(words, "data_steps", sample=sample, days=DAYS, least=LEAST),
    )


def steps_list(found: StepTimes, viewer: Viewer, words: Words, *, number: int) -> ListedPage:
    """All steps with a median, those furthest over first; page ``number``."""
    rows = [_row(each, viewer, words) for each in found.steps[(number - 1) * PAGE : number * PAGE]]
    columns = _columns(words)
    return ListedPage(
        name="steps",
        table=DataTable(words("data_steps"), columns, tuple(rows)),
        aside=words(
            "data_steps_count",
            n=words.number(len(found.over)),
            all=words.number(len(found.steps)),
        ),
        empty=Empty("none", words("data_steps_too_few", least=LEAST)),
        sheet=[
            [words("procedure"), words("data_code"), words("step"), words("data_step_limit_hours"),
             words("data_step_median_hours"), words("data_dossiers")],
            *(
                [viewer.labels.procedure(each.procedure), each.procedure, _name(each, viewer),
                 round(each.limit / HOUR, 2), round(each.median / HOUR, 2), len(each.dossiers)]
                for each in found.steps
            ),
        ],
        pages=paged(number, len(found.steps), viewer, words),
    )  # fmt: skip


def step_dossiers(found: StepTime | None, viewer: Viewer, words: Words) -> ListedPage:
    """The dossiers behind a median."""
    calendar = calendar_in_use(viewer)
    dossiers: Sequence[tuple[str, int]] = () if found is None else found.dossiers
    rows = [
        DataRow(
            (
                TableCell(shown_name(id_, words.language), f"/dossiers/{quote(id_, safe='')}"),
                TableCell(words.amount(length, calendar)),
            )
        )
        for id_, length in dossiers
    ]
    columns = (
        TableColumn(words("dossier"), phone="lead"),
        TableColumn(words("data_step_took"), number=True, phone="main", sorted="down"),
    )
    aside = ""
    if found is not None:
        aside = words(
            "data_step_of", step=_name(found, viewer), n=words.number(len(dossiers)),
            median=words.amount(found.median, calendar), limit=words.amount(found.limit, calendar),
        )  # fmt: skip
    return ListedPage(
        name="stepped",
        table=DataTable(words("data_stepped"), columns, tuple(rows)),
        aside=aside,
        empty=Empty("none", words("data_steps_too_few", least=LEAST)),
    )


def _columns(words: Words) -> tuple[TableColumn, ...]:
    return (
        TableColumn(words("step"), phone="lead", wide=True),
        TableColumn(words("data_step_median"), number=True, phone="main"),
        TableColumn(words("data_step_limit"), number=True),
        TableColumn(words("data_dossiers"), number=True),
    )


def _row(each: StepTime, viewer: Viewer, words: Words) -> DataRow:
    calendar = calendar_in_use(viewer)
    asked = urlencode({"procedure": each.procedure, "step": each.step})
    return DataRow(
        (
            TableCell(_name(each, viewer), sub=viewer.labels.procedure(each.procedure)),
            TableCell(
                words.amount(each.median, calendar),
                tone="late" if each.over else "neutral",
                shape="step" if each.over else "",
            ),
            TableCell(words.amount(each.limit, calendar)),
            TableCell(words.number(len(each.dossiers)), f"/data/steps/dossiers?{asked}"),
        )
    )
