"""``dunghen dead-letters list | show | replay | drop``: what could not be taken, and why."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from dunghen.dead_letters.replay import replay_letters
from dunghen.dead_letters.sending import Replayed
from dunghen.dead_letters.topic import (
    ListedLetter,
    by_sender,
    drop_letter,
    numbered_letter,
    read_dead_letters,
)
from dunghen.ingest.id_rules import sought_id
from dunghen.settings.installation import Installation
from dunghen.terminal.console import Terminal
from dunghen.terminal.options import JsonOption, StateOption
from dunghen.terminal.output import as_json, results

app = typer.Typer(no_args_is_help=True, help="Records that could not be taken, with the reason.")


_Reason = Annotated[
    str, typer.Option("--reason", help="Only this reason code.", show_default=False)
]
_All = Annotated[bool, typer.Option("--all", help="Also those that were replayed or dropped.")]
_Numbers = Annotated[
    list[int] | None,
    typer.Argument(help="Numbers in the list. Default: all with --reason.", show_default=False),
]
_ReplayReason = Annotated[
    str, typer.Option("--reason", help="Which ones. [default: archived]", show_default=False)
]
_Owner = Annotated[
    str,
    typer.Option(
        "--owner",
        metavar="MADONVI",
        help="To whom the dossiers belong from here on: settles a wrong first claim (not_yours).",
        show_default=False,
    ),
]
_TakeBack = Annotated[
    bool,
    typer.Option(
        "--take-back",
        help="With --owner: what the wrong claimant sent of these dossiers does not count.",
    ),
]


@app.command("list")
def list_(
    state: StateOption = None,
    reason: _Reason = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="The newest N.")] = 100,
    all_: _All = False,
    json_: JsonOption = False,
) -> None:
    """List dead letters, the newest last."""
    found = [
        entry
        for entry in read_dead_letters(Installation.find(state), closed=all_)
        if not reason or entry.letter.reason == reason
    ]
    shown = found[-limit:]
    senders = by_sender(found)
    if json_:
        print(as_json({"count": len(found), "by_sender": senders, "dead_letters": shown}))
        return
    _print_letters(shown)
    print(
        f"{len(found)} dead letters" + (f", the last {limit} shown" if len(found) > limit else "")
    )
    for sender, reasons in senders.items():
        counts = ", ".join(f"{n:,} {reason}" for reason, n in reasons.items())
        print(f"  {sender or '(no source)'}: {counts}")


def _print_letters(shown: list[ListedLetter]) -> None:
    table = Table(box=None, pad_edge=False)
    for title in ("number", "state", "reason", "source", "from", "what was wrong"):
        table.add_column(title, overflow="fold")
    for entry in shown:
        letter = entry.letter
        place = f"{letter.topic} {letter.partition}:{letter.offset}" if letter.offset >= 0 else "-"
        number = str(entry.number)
        table.add_row(number, entry.state, letter.reason, letter.source, place, letter.detail)
    results().print(table)


@app.command()
def show(
    number: Annotated[int, typer.Argument(help="Its number in the list.")],
    state: StateOption = None,
    json_: JsonOption = False,
) -> None:
    """Show one dead letter with its payload."""
    letters = read_dead_letters(Installation.find(state), closed=True)
    entry = numbered_letter(letters, number)
    if json_:
        print(as_json(entry))
        return
    letter = entry.letter
    for title, value in (
        ("reason", letter.reason),
        ("detail", letter.detail),
        ("source", letter.source),
        ("from", f"{letter.topic}, partition {letter.partition}, offset {letter.offset}"),
        ("detected", entry.detected),
        ("key", letter.key),
        ("state", entry.state + (f": {entry.dropped}" if entry.dropped else "")),
    ):
        print(f"{title:<9} {value}")
    print(f"\n{letter.payload}")


@app.command()
def replay(
    numbers: _Numbers = None,
    reason: _ReplayReason = "",
    owner: _Owner = "",
    take_back: _TakeBack = False,
    state: StateOption = None,
    json_: JsonOption = False,
) -> None:
    """Send records again that can be taken by now: after a fix, or because their time has come.

    Events of dossiers that have left the stream (`archived`) are taken in any case. With --owner
    and no numbers, everything is that was sent for that madonvi and was `not_yours`.
    """
    installation = Installation.find(state)
    owner = sought_id(installation, owner) if owner else ""
    done = replay_letters(
        installation, reason, numbers or [], Terminal().note, owner, take_back=take_back
    )
    if json_:
        print(as_json({"count": sum(each.sent for each in done), "replayed": done}))
        return
    for each in done:
        print(f"{each.number}  {each.dossier_id}  {_outcome(each)}")
    print(f"{sum(each.sent for each in done)} dead letters replayed")


def _outcome(done: Replayed) -> str:
    if done.too_large:
        return "has more facts than limits.facts and limits.fact_bytes let back, not replayed"
    if done.refused:
        return f"would be refused again ({done.refused}), not replayed"
    return f"restored with {done.facts} facts" if done.facts else "sent again"


@app.command()
def drop(
    number: Annotated[int, typer.Argument(help="Its number in the list.")],
    reason: Annotated[str, typer.Option("--reason", help="Why it need not be taken.")],
    state: StateOption = None,
    json_: JsonOption = False,
) -> None:
    """Settle a dead letter without taking it. It stays in its topic, beside the decision."""
    installation = Installation.find(state)
    entry = drop_letter(installation.kafka, number, reason, "cli")
    print(as_json(entry) if json_ else f"Dead letter {number} is dropped: {entry.dropped}")
