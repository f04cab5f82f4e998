"""``dunghen dead-letters list | show | replay``: what could not be taken, and why."""

from __future__ import annotations

from typing import Annotated

import typer

from dunghen.options import JsonOption, StateOption

app = typer.Typer(no_args_is_help=True, help="Records that could not be taken, with the reason.")


@app.command("list")
def list_(
    state: StateOption = None,
    reason: Annotated[
        str, typer.Option("--reason", help="Only this reason code.", show_default=False)
    ] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="The newest N.")] = 100,
    json_: JsonOption = False,
) -> None:
    """List dead letters, the newest last."""
    from rich.console import Console
    from rich.table import Table

    from dunghen import context
    from dunghen.dead_letters import as_json, read_dead_letters

    found = [
        entry
        for entry in read_dead_letters(context.find(state))
        if not reason or entry.letter.reason == reason
    ]
    shown = found[-limit:]
    if json_:
        print(as_json({"count": len(found), "dead_letters": shown}))
        return
    table = Table(box=None, pad_edge=False)
    for title in ("number", "reason", "source", "from", "what was wrong"):
        table.add_column(title, overflow="fold")
    for entry in shown:
        letter = entry.letter
        place = f"{letter.topic} {letter.partition}:{letter.offset}" if letter.offset >= 0 else "-"
        table.add_row(str(entry.number), letter.reason, letter.source, place, letter.detail)
    Console().print(table)
    print(
        f"{len(found)} dead letters" + (f", the last {limit} shown" if len(found) > limit else "")
    )


@app.command()
def show(
    number: Annotated[int, typer.Argument(help="Its number in the list.")],
    state: StateOption = None,
    json_: JsonOption = False,
) -> None:
    """Show one dead letter with its payload."""
    from dunghen import context
    from dunghen.dead_letters import as_json, read_dead_letters
    from dunghen.errors import UserError

    letters = read_dead_letters(context.find(state), replayed=True)
    found = {entry.number: entry for entry in letters}
    if number not in found:
        last = max(found, default=-1)
        raise UserError(
            f"There is no dead letter {number}.",
            f"Numbers go from 0 to {last}." if found else "There are none at all.",
        )
    entry = found[number]
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
        ("replayed", "yes" if entry.replayed else "no"),
    ):
        print(f"{title:<9} {value}")
    print(f"\n{letter.payload}")


@app.command()
def replay(
    reason: Annotated[
        str, typer.Option("--reason", help="Which ones; only `archived` can be replayed.")
    ] = "archived",
    state: StateOption = None,
    json_: JsonOption = False,
) -> None:
    """Take events of dossiers that have left the stream, which come back for it."""
    from dossiers.retention import ARCHIVED
    from dunghen import context
    from dunghen.dead_letter_replay import replay_archived
    from dunghen.dead_letters import as_json
    from dunghen.errors import UserError
    from dunghen.terminal import Terminal

    if reason != ARCHIVED:
        raise UserError(
            f"Dead letters with reason {reason} cannot be replayed.",
            "Correct the records at their source and send them again; `--reason archived` can be.",
        )
    done = replay_archived(context.find(state), Terminal().note)
    if json_:
        print(as_json({"count": sum(not each.too_large for each in done), "replayed": done}))
        return
    for each in done:
        if each.too_large:
            print(
                f"{each.number}  {each.dossier_id}  has too many facts for one record, not replayed"
            )
            continue
        how = f"restored with {each.facts} facts" if each.facts else "not known, taken as backfill"
        print(f"{each.number}  {each.dossier_id}  {how}")
    print(f"{sum(not each.too_large for each in done)} dead letters replayed")
