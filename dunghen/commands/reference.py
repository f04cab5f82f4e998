"""``dunghen reference check | load | diff | show | missing``: units, officers and so on."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from dossiers.errors import UserError
from dossiers.reference.diff import Changes
from dossiers.reference.in_force import InForce
from dossiers.reference.unlisted import in_english
from dossiers.wire.reference import Reference, content_hash
from dunghen.reference.files import counts, in_words, read_reference_folder, valid_folder
from dunghen.reference.loading import diff as compare
from dunghen.reference.loading import load as put
from dunghen.reference.loading import local_time, now_in_force
from dunghen.reference.missing import missing as missing_names
from dunghen.stack.attached import on_stack
from dunghen.terminal.options import JsonOption, StateOption
from dunghen.terminal.output import as_json, iso, results
from dunghen.timeline.current import require_timeline
from sources.reference.writing import write_folder

app = typer.Typer(
    no_args_is_help=True,
    help="Units, officers, procedures, calendars, rules and alert policies, from a folder.",
)
_Folder = Annotated[
    Path, typer.Argument(help="A folder of CSV and TOML files.", metavar="DIR", show_default=False)
]
_Since = Annotated[
    str,
    typer.Option(
        "--from",
        metavar="TIME",
        help="From when it counts: a local date or time. Default: now, by the data's time.",
        show_default=False,
    ),
]
_Write = Annotated[
    Path | None,
    typer.Option(
        "--write", metavar="DIR", help="Write it as such a folder too.", show_default=False
    ),
]
_SHOWN = 8  # ids in a line of a diff
_ADVICE = {
    "unit": "units.csv: its own row, or the column name or short of the unit that is meant",
    "officer": "officers.csv: a row with this name and the officer's unit",
    "step": "steps.csv: the column aliases of the step that is meant",
    "procedure": "procedures.csv: a row with this id",
}


@app.command()
def check(folder: _Folder, json_: JsonOption = False) -> None:
    """Check a folder and name every mistake in it with its file and line. Needs no stack."""
    found = read_reference_folder(folder)
    reference = found.reference
    if json_:
        answer = {
            "valid": reference is not None,
            "hash": None if reference is None else content_hash(reference),
            "counts": None if reference is None else counts(reference),
            "errors": [asdict(each) for each in found.errors],
            "warnings": [asdict(each) for each in found.warnings],
        }
        print(json.dumps(answer, ensure_ascii=False))
    else:
        for finding in (*found.errors, *found.warnings):
            print(finding)
        print(_verdict(reference, len(found.errors), len(found.warnings)))
    if reference is None:
        raise typer.Exit(1)


def _verdict(reference: Reference | None, errors: int, warnings: int) -> str:
    if reference is None:
        return f"{errors} errors, {warnings} warnings: it cannot be loaded."
    return (
        f"{in_words(reference)}: no errors, {warnings} warnings.\n"
        f"SHA-256 of the content  {content_hash(reference)}"
    )


@app.command()
def load(
    folder: _Folder, state: StateOption = None, since: _Since = "", json_: JsonOption = False
) -> None:
    """Load a folder into the timeline. Open dossiers follow it; ended ones keep their verdict."""
    done = on_stack(state, partial(put, valid_folder(folder), _moment(since)))
    if json_:
        print(json.dumps({"hash": done.hash, "since": done.since, "loaded": not done.known}))
    elif done.known:
        print(f"Nothing to do: this content is in force already.\n{done.hash}")
    else:
        at = local_time(done.since, done.reference)
        print(f"Loaded: {in_words(done.reference)}.\nIt counts from {at}.\n{done.hash}")


def _moment(text: str) -> datetime | None:
    """None if nothing is said. Raises UserError."""
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError as error:
        raise UserError(
            f"{text!r} is no time.", "Write it as 2026-07-01 or 2026-07-01T08:00."
        ) from error


@app.command()
def diff(folder: _Folder, state: StateOption = None, json_: JsonOption = False) -> None:
    """Show what loading a folder would change."""
    found = on_stack(state, partial(compare, valid_folder(folder)))
    if json_:
        print(as_json({kind: changes._asdict() for kind, changes in found.items()}))
        return
    for kind, changes in found.items():
        _print_changes(kind, changes)
    if not found:
        print("No difference from what is in force.")


def _print_changes(kind: str, changes: Changes) -> None:
    print(
        f"{kind}: {len(changes.added)} added, {len(changes.removed)} removed, "
        f"{len(changes.changed)} changed"
    )
    for sign, ids in (("+", changes.added), ("-", changes.removed)):
        if ids:
            more = f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
            print(f"  {sign} {', '.join(ids[:_SHOWN])}{more}")
    for id_, fields in list(changes.changed.items())[:_SHOWN]:
        print(f"  ~ {id_}: {', '.join(fields)}" if fields != ("value",) else f"  ~ {id_}")
    if len(changes.changed) > _SHOWN:
        print(f"  ~ and {len(changes.changed) - _SHOWN} more")


@app.command()
def show(state: StateOption = None, write: _Write = None, json_: JsonOption = False) -> None:
    """Show what is in force, since when, and what is to come."""
    reference, in_force, now = on_stack(
        state, lambda installation, _: now_in_force(installation, require_timeline(installation))
    )
    if write is not None:
        try:
            write_folder(reference, write)
        except (OSError, ValueError) as error:
            raise UserError(f"{write} cannot be written: {error}.") from error
    (*before, (since, digest)), coming = _activations(in_force, now)
    if json_:
        answer = {
            "hash": digest, "since": since, "title": reference.title,
            "counts": counts(reference),
            "before": [{"hash": h, "since": s} for s, h in before],
            "coming": [{"hash": h, "since": s} for s, h in coming],
        }  # fmt: skip
        print(json.dumps(answer, ensure_ascii=False))
        return
    began = local_time(since, reference) if since else "the beginning"
    print(f"{reference.title or 'Reference data'}\nhash    {digest}\nsince   {began}")
    for kind, number in counts(reference).items():
        print(f"{number:>7} {kind}")
    for at, hash_ in coming:
        print(f"from {local_time(at, reference)}: {hash_}")
    if write is not None:
        print(f"Written to {write}")


def _activations(
    in_force: InForce, now: int
) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """Since when (ms) which content hash counts: until ``now`` (ms), and from then on."""
    found = in_force.activations()
    past = [each for each in found if each[0] <= now]
    past = past or [(since, context.hash) for since, context in in_force.spans(now)[:1]]
    return past, [each for each in found if each[0] > now]


@app.command()
def missing(state: StateOption = None, json_: JsonOption = False) -> None:
    """Show what senders name and the reference data lacks, and where to add it."""
    found = on_stack(state, lambda installation, _: missing_names(installation))
    if json_:
        print(json.dumps(found, ensure_ascii=False))
        return
    listed = [*found["names"], *found["codes"]]
    if listed:
        _print_missing(listed)
    else:
        print("The reference data has every name and code that came.")


def _print_missing(listed: list[dict[str, Any]]) -> None:
    table = Table(box=None, pad_edge=False)
    for title in ("what", "sent as", "shown as", "records", "last"):
        table.add_column(title, overflow="fold", justify="right" if title == "records" else "left")
    for each in listed:
        table.add_row(
            each["kind"], each["text"], in_english(each["shown"]), f"{each['records']:,}",
            iso(each["last"]),
        )  # fmt: skip
    results().print(table)
    print("\nWhere each belongs, if it is one of yours (then `dunghen reference load DIR`):")
    for kind in dict.fromkeys(each["kind"] for each in listed):
        print(f"  {kind:<9} {_ADVICE[kind]}")
