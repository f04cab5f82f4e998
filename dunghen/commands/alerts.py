"""``dunghen alerts``: what alerting does, and would do."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from dossiers.alerting.rehearsal import ReceiverLoad
from dunghen.reference.files import valid_folder
from dunghen.rehearsal.comparing import ComparedPolicies, compare
from dunghen.stack.attached import on_stack
from dunghen.terminal.options import JsonOption, StateOption
from dunghen.terminal.output import results

app = typer.Typer(no_args_is_help=True, help="Alerts: what a policy would have sent.")
_SHOWN = 15  # receivers
_Policy = Annotated[
    Path,
    typer.Option(
        "--policy", metavar="DIR", show_default=False,
        help="Folder of reference data with the policy (alerts.toml, receivers.csv) to try.",
    ),
]  # fmt: skip
_From = Annotated[
    datetime,
    typer.Option("--from", formats=["%Y-%m-%d"], show_default=False, help="The first day."),
]
_To = Annotated[
    datetime,
    typer.Option("--to", formats=["%Y-%m-%d"], show_default=False, help="The last day."),
]


@app.command("simulate")
def simulate(
    policy: _Policy, from_: _From, to: _To, state: StateOption = None, json_: JsonOption = False
) -> None:
    """Say what would have been sent to whom under a policy, beside the one in force.

    Alerts of the past are grouped anew; nothing is sent. What decides whether an alert is raised
    cannot be tried so, and is named.
    """
    folder = valid_folder(policy)
    found = on_stack(
        state, lambda installation, note: compare(folder, _day(from_), _day(to), installation, note)
    )
    if json_:
        print(msgspec.json.encode(found).decode())
    else:
        _print(found)


def _day(moment: datetime) -> date:
    return moment.date()


def _print(found: ComparedPolicies) -> None:
    console = results()
    both = found.now, found.then
    table = Table(box=None, pad_edge=False)
    for title in (f"{found.first} to {found.last}", "in force", "this policy"):
        table.add_column(title, justify="left" if title[0].isdigit() else "right")
    rows: dict[str, list[float]] = {
        "alerts raised": [r.alerts for r in both],
        "messages": [r.messages for r in both],
        "of these digests": [r.digests for r in both],
        "of these at once": [r.urgent for r in both],
        "receivers": [len(r.receivers) for r in both],
        "messages a receiver and working day, median": [r.median for r in both],
        "the busiest tenth, at least": [r.ninth_decile for r in both],
        "receivers over budget on some day": [_over(r.receivers) for r in both],
        "overdue dossiers nobody heard of": [len(r.unmentioned) for r in both],
    }
    reasons = sorted({*found.now.withheld, *found.then.withheld})
    rows |= {f"withheld: {why}": [r.withheld.get(why, 0) for r in both] for why in reasons}
    for title, values in rows.items():
        table.add_row(title, *(f"{value:g}" for value in values))
    console.print(table)
    if found.unapplied:
        console.print(f"Not tried, since it decides what is raised: {', '.join(found.unapplied)}")
    _print_receivers(found)


def _over(receivers: tuple[ReceiverLoad, ...]) -> int:
    return sum(load.over > 0 for load in receivers)


def _print_receivers(found: ComparedPolicies) -> None:
    """Those who would get most under the new policy."""
    before = {load.receiver: load for load in found.now.receivers}
    table = Table(box=None, pad_edge=False, title="who would get most", title_justify="left")
    for title in ("receiver", "messages", "in force", "median a day", "most a day", "days over"):
        table.add_column(title, justify="left" if title == "receiver" else "right")
    for load in found.then.receivers[:_SHOWN]:
        known = before.get(load.receiver)
        table.add_row(
            load.receiver, str(load.messages), str(known.messages if known else 0),
            f"{load.median:g}", str(load.most), str(load.over),
        )  # fmt: skip
    results().print(table)
