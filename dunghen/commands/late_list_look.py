"""Late lists and their cases, shown, as commands of ``dunghen.commands.late_list``."""

from __future__ import annotations

from typing import Annotated

import typer

from dunghen.late_list.cases import ROOT, cases_of, list_path, together_in
from dunghen.late_list.list_tables import cases_table, list_text, lists_table, together_text
from dunghen.late_list.session import (
    As,
    ListArgument,
    Token,
    person_api,
)
from dunghen.terminal.month import refuse_no_month
from dunghen.terminal.options import JsonOption, StateOption
from dunghen.terminal.output import as_json, results


def list_(
    as_: As = "", token: Token = None, state: StateOption = None, json_: JsonOption = False
) -> None:
    """List late lists: how far each is, until when, and what you may do."""
    with person_api(state, token, as_) as api:
        found = api.get(ROOT)
    if json_:
        print(as_json(found))
    else:
        results().print(lists_table(found["lists"]))


def show(
    list_: ListArgument,
    cases: Annotated[
        str,
        typer.Option(
            "--cases",
            metavar="WHICH",
            help="Also list cases: all, or those of one state, such as pending.",
        ),
    ] = "",
    unit: Annotated[str, typer.Option("--unit", metavar="UNIT", help="Only its cases.")] = "",
    officer: Annotated[str, typer.Option("--officer", metavar="ID", help="Only theirs.")] = "",
    as_: As = "",
    token: Token = None,
    state: StateOption = None,
    json_: JsonOption = False,
) -> None:
    """Show one late list, and its cases with what was said and decided about each."""
    parameters = {"show": cases, "unit": unit, "officer": officer}
    with person_api(state, token, as_) as api:
        found = api.get(list_path(list_))
        rows = list(cases_of(api, list_, parameters)) if cases else []
    if json_:
        print(as_json({**found, "rows": rows} if cases else found))
        return
    print(list_text(found))
    if cases:
        results().print(cases_table(rows))


def together(
    since: Annotated[str, typer.Argument(metavar="MONTH", help="The first: 2026-09.")],
    until: Annotated[str, typer.Argument(metavar="MONTH", help="The last: 2026-11.")],
    as_: As = "",
    token: Token = None,
    state: StateOption = None,
    json_: JsonOption = False,
) -> None:
    """Count the late dossiers of several months' lists, each once; --json has them all."""
    for month in (since, until):
        refuse_no_month(month)
    with person_api(state, token, as_) as api:
        found = together_in(api, since, until, whole=json_)
    print(as_json(found) if json_ else together_text(found))
