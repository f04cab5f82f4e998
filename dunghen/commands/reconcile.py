"""``dunghen reconcile``: dossiers here against somebody else's count of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from dossiers.errors import UserError
from dossiers.reference.unlisted import shown_name
from dossiers.reports.reconciliation import Comparison, Counted, Figure
from dunghen.reconcile.files import read_counts, read_ids
from dunghen.reconcile.making import Ids, Quality, Reconciliation, make
from dunghen.reconcile.record import keep
from dunghen.settings.installation import Installation
from dunghen.stack.attached import on_stack
from dunghen.terminal.month import refuse_no_month
from dunghen.terminal.options import JsonOption, StateOption

_SHOWN = 20
_UNITS_OF_TIME = ((86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1_000, "s"))


_Counts = Annotated[
    Path | None,
    typer.Option(
        "--counts",
        metavar="FILE.csv",
        help="Counts with the columns unit,month,received,finished.",
        show_default=False,
    ),
]
_Ids = Annotated[
    Path | None,
    typer.Option("--ids", metavar="FILE", help="Dossier ids, one a line.", show_default=False),
]
_Month = Annotated[
    str,
    typer.Option("--month", metavar="YYYY-MM", help="Only this month.", show_default=False),
]
_Scope = Annotated[
    str,
    typer.Option("--scope", metavar="UNIT", help="With --ids: of this unit and those below it."),
]


def reconcile(
    counts: _Counts = None,
    ids: _Ids = None,
    month: _Month = "",
    scope: _Scope = "",
    record: Annotated[
        bool, typer.Option("--record", help="Keep the result, for page /data to show.")
    ] = False,
    json_: JsonOption = False,
    state: StateOption = None,
) -> None:
    """Compare the dossiers seen with the count, or the list, of the portal or a one-stop system.

    Exit status 1 on any difference.
    """
    counted, listed = _given(counts, ids, month)

    def work(installation: Installation, note: Callable[[str], None]) -> Reconciliation:
        found = make(installation, note, counted, listed, month, scope)
        if record:
            keep(installation, found, month, scope, time.time_ns() // 1_000_000)
        return found

    found = on_stack(state, work)
    print(as_line(found) if json_ else as_text(found))
    if not found.equal:
        raise typer.Exit(1)


def _given(
    counts: Path | None, ids: Path | None, month: str
) -> tuple[list[Counted], set[str] | None]:
    """What the files say, of ``month`` alone if one is named. Raises UserError."""
    if counts is None and ids is None:
        raise UserError(
            "There is nothing to compare with.",
            "Give --counts FILE.csv, --ids FILE, or both.",
        )
    if month:
        refuse_no_month(month)
    counted = [] if counts is None else read_counts(counts)
    if month and counts is not None:
        counted = [count for count in counted if count.month == month]
        if not counted:
            raise UserError(f"{counts} has no counts of {month}.")
    return counted, None if ids is None else read_ids(ids)


def as_line(found: Reconciliation) -> str:
    """The whole, as one line of JSON."""
    lines = () if found.counts is None else found.counts.lines
    body = {
        "equal": found.equal,
        "timeline": found.timeline,
        "as_of": found.as_of,
        "counts": None
        if found.counts is None
        else [
            {
                "unit": line.unit,
                "month": line.month,
                "received": line.received._asdict(),
                "finished": line.finished._asdict(),
            }
            for line in lines
        ],
        "uncounted": []
        if found.counts is None
        else [unit._asdict() for unit in found.counts.uncounted],
        "ids": found.ids,
        "coverage": found.coverage,
    }
    return msgspec.json.encode(body).decode()


def as_text(found: Reconciliation) -> str:
    """For a terminal."""
    parts: list[str] = []
    if found.counts is not None:
        parts += _counts(found.counts)
    if found.ids is not None:
        parts += _ids(found.ids)
    parts += _quality(found.coverage)
    parts.append("No difference." if found.equal else "There are differences.")
    return "\n".join(parts)


def _counts(found: Comparison) -> list[str]:
    width = max([4, *(len(line.unit) for line in found.lines)])
    head = f"  {'unit':<{width}}  month    {'received here / there':>28}  {'finished':>28}"
    lines = [head]
    for line in found.lines:
        lines.append(
            f"{'✗' if line.differs else '✓'} {line.unit:<{width}}  {line.month}  "
            f"{_figure(line.received):>28}  {_figure(line.finished):>28}"
        )
    if found.uncounted:
        names = list(dict.fromkeys(shown_name(unit.unit, "en") for unit in found.uncounted))
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        lines.append(f"Not in the file, but with dossiers: {', '.join(names[:_SHOWN])}{more}")
    return lines


def _figure(figure: Figure) -> str:
    if figure.counted is None:
        return f"{figure.seen} / -"
    odd = ""
    if figure.missing:
        odd = f" ({figure.missing} missing)"
    elif figure.surplus:
        odd = f" ({figure.surplus} surplus)"
    return f"{figure.seen} / {figure.counted}{odd}"


def _ids(found: Ids) -> list[str]:
    lines = [
        f"{found.matched} of {found.listed} listed dossiers are here; {found.missing_count} "
        f"missing, {found.surplus_count} surplus"
    ]
    for id_, why in list(found.missing.items())[:_SHOWN]:
        lines.append(f"  missing  {id_}" + (f"  (dead letter: {why})" if why else ""))
    lines += _more(found.missing_count)
    lines += [f"  surplus  {id_}" for id_ in found.surplus[:_SHOWN]]
    return lines + _more(found.surplus_count)


def _more(count: int) -> list[str]:
    return [f"  ... and {count - _SHOWN} more (--json names them)"] if count > _SHOWN else []


def _quality(found: Quality) -> list[str]:
    letters = ", ".join(f"{n} {reason}" for reason, n in found.dead_letters.items())
    ages = ", ".join(f"{source} {_age(ms)}" for source, ms in found.ages.items())
    lines = [
        f"{found.dossiers} dossiers: {_percent(found.step_share)} with a step, "
        f"{_percent(found.officer_share)} with an officer, {found.rewritten} with rewritten dates, "
        f"{found.unreceived} never received",
        f"Dead letters: {letters or 'none'}",
        f"Last event before data time: {ages or 'none'}",
    ]
    if found.rewritten_by_unit:
        most = sorted(found.rewritten_by_unit.items(), key=lambda pair: (-pair[1], pair[0]))
        listed = ", ".join(f"{shown_name(unit, 'en')} {n}" for unit, n in most[:_SHOWN])
        lines.append(f"Rewritten dates by unit: {listed}")
    return lines


def _percent(part: float | None) -> str:
    return "-" if part is None else f"{part:.1f} %"


def _age(ms: int) -> str:
    for size, name in _UNITS_OF_TIME:
        if ms >= size:
            return f"{ms // size} {name}"
    return "0 s"
