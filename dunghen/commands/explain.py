"""``dunghen explain``: why a dossier counts as it does."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.table import Table
from rich.text import Text

from dossiers.reference.unlisted import in_english as not_listed
from dossiers.reference.unlisted import shown_name
from dossiers.reports.wording import in_english, shown
from dunghen.api_client.explanation import explanation_of
from dunghen.stack.attached import on_stack
from dunghen.terminal.options import JsonOption, StateOption
from dunghen.terminal.output import results

At = Callable[[int | None], str]
_WHOLE = frozenset({"at", "from, to", "set at", "due", "charged"})  # never broken
_HOUR = 3_600_000
_EPOCH = datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC"))


def explain(
    dossier: Annotated[str, typer.Argument(help="Its id.", show_default=False)],
    state: StateOption = None,
    json_: JsonOption = False,
) -> None:
    """Show a dossier's timeline, how its due time came about, its verdict, and whose hours."""
    found, timezone = on_stack(
        state, lambda installation, _note: explanation_of(dossier, installation)
    )
    if json_:
        print(json.dumps(as_said(found), ensure_ascii=False))
    else:
        show(found, timezone)


def as_said(found: dict[str, Any]) -> dict[str, Any]:
    """As JSON: ``as_of`` is the watermark, as in every command, and ``changed_at`` when something
    about the dossier last changed."""
    return {**found, "as_of": found["explanation"]["as_of"], "changed_at": found["as_of"]}


def show(found: dict[str, Any], timezone: str) -> None:
    """Print it: the sentence first, then what it rests on. Readable at 80 columns, however long
    the names are."""
    console = results()
    at = _clock(ZoneInfo(timezone))
    told = found["explanation"]
    as_of = at(told["as_of"])
    console.print(Text.assemble((found["id"], "bold"), f"  {told['verdict']}  as of {as_of}"))
    console.print(told["sentence_vi"], highlight=False)
    console.print(told["sentence_en"], highlight=False)
    if found["flags"]:
        console.print(f"Flags: {', '.join(found['flags'])}")
    if told["rewritten"]:
        console.print(
            f"Rewritten: {told['unrewritten']} without the changes, "
            f"{told['rewritten']} with all of them"
        )
    if told["as_shown"]:
        console.print(f"Dated back: {told['as_shown']} by what its snapshots had shown")
    console.print(_timeline(told, at))
    console.print(_due_times(told, at))
    if found["alerts"]:
        console.print(_alerts(found["alerts"], at))
    if told["shares"]:
        console.print(_whose_hours(told, at))
    console.print(
        f"\nMethod {told['method']} ({told['basis'] or 'nothing to split'}), calendar "
        f"{told['calendar'] or 'without a version'}, rules {told['rules'] or 'without a version'}, "
        f"reference {told['reference'][:12]}",
        highlight=False,
    )


def _clock(zone: ZoneInfo) -> At:
    def at(ms: int | None) -> str:
        if ms is None:
            return "-"
        return (_EPOCH + timedelta(milliseconds=ms)).astimezone(zone).strftime("%Y-%m-%d %H:%M")

    return at


def _table(title: str, *columns: str) -> Table:
    """What belongs together stands in one cell, a line each: wide tables break every name."""
    made = Table(title=f"\n{title}", title_justify="left", box=None, pad_edge=False)
    for column in columns:
        right = column == "charged"
        made.add_column(
            column, overflow="fold", no_wrap=column in _WHOLE, justify="right" if right else "left"
        )
    return made


def _timeline(told: dict[str, Any], at: At) -> Table:
    line = _table("Timeline", "at", "what", "who")
    for moment in told["time_line"]:
        what = moment["kind"] + (" (taken back)" if moment["taken_back"] else "")
        line.add_row(
            at(moment["at"]),
            f"{what}\n  clock {moment['clock']}, {in_english(moment['worked'])} worked",
            _who(moment),
        )
    return line


def _due_times(told: dict[str, Any], at: At) -> Table:
    dues = _table("Due times", "due", "set at", "by")
    for due in told["due_times"]:
        late = "rewrite" if due.get("counts", True) else "rewrite, does not count"
        by = due["rule"] + (f" ({late})" if due["rewrite"] else "")
        how = "".join(f"\n  {_step(step, at)}" for step in due["steps"])
        dues.add_row(at(due["due_at"]), at(due["at"]), by + how)
    return dues


def _alerts(records: Sequence[dict[str, Any]], at: At) -> Table:
    """What was announced, and what people did about it; level of an escalation, hours of a
    reminder."""
    table = _table("Alerts", "at", "alert", "what")
    for record in records:
        level = f" {record['level']}" if record["level"] else ""
        did = f"{record['action']}, {shown_name(record['actor'], 'en')}"
        what = did if record["action"] else record["transition"]
        table.add_row(at(record["detected_at"]), record["kind"] + level, what)
    return table


def _whose_hours(told: dict[str, Any], at: At) -> Table:
    """Minutes that add up: the rows, what nobody held, and the sum."""
    unassigned, *charges = shown([told["unassigned"], *(s["charge"] for s in told["shares"])])
    table = _table("Whose hours", "from, to", "who", "working time", "charged")
    for share, charge in zip(told["shares"], charges, strict=True):
        limit = "-" if share["limit"] is None else in_english(share["limit"])
        times = [f"used {in_english(share['used'])}", f"of {limit}"]
        times += [
            f"{said} {in_english(share[name])}"
            for name, said in (("inherited", "inherited"), ("made_up", "made up"))
            if share[name]
        ]
        table.add_row(
            f"{at(share['start'])}\n{at(share['end'])}", _who(share), "\n".join(times),
            in_english(charge) if share["charge"] else "-",
        )  # fmt: skip
    if told["unassigned"]:
        table.add_row("before", "nobody: due before that", "", in_english(unassigned))
    table.add_section()
    table.add_row("sum", "", "", in_english(unassigned + sum(charges)))
    return table


def _who(entry: dict[str, Any]) -> str:
    """Officer, unit and step, a line each; "-" if none is said."""
    unit, step = shown_name(entry["unit"], "en"), not_listed(entry["step"])
    said = [not_listed(entry["officer_label"]), unit, step and f"step {step}"]
    return "\n".join(each for each in said if each) or "-"


def _step(step: dict[str, Any], at: At) -> str:
    params = ", ".join(
        f"{name} {_param(name, value, at)}" for name, value in step["params"].items() if value
    )
    return f"{step['code']}{f' ({params})' if params else ''} → {at(step['at'])}"


def _param(name: str, value: Any, at: At) -> str:
    if name in ("from", "to"):
        return at(value)
    if name == "amount" and isinstance(value, int) and value >= _HOUR // 60:
        return in_english(value)
    return " ".join(value) if isinstance(value, list) else str(value)
