"""``dunghen audit list``: who looked at officers and dossiers, and who changed what."""

from __future__ import annotations

from collections import deque
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from dunghen.access.audit_trail import read_audit
from dunghen.ingest.id_rules import sought_id
from dunghen.settings.installation import Installation
from dunghen.terminal.options import JsonOption, StateOption
from dunghen.terminal.output import iso, results

app = typer.Typer(no_args_is_help=True, help="Who looked, and who changed what.")


_Target = Annotated[str, typer.Option("--target", help="Only about this officer, dossier or unit.")]


@app.command("list")
def list_(
    state: StateOption = None,
    subject: Annotated[str, typer.Option("--subject", help="Only by this one.")] = "",
    target: _Target = "",
    kind: Annotated[str, typer.Option("--kind", help="Only of this kind, as in `refused`.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="The newest N.")] = 100,
    json_: JsonOption = False,
) -> None:
    """List entries, the newest last."""
    installation = Installation.find(state)
    wanted = {target, sought_id(installation, target)} if target else set()
    found = deque(
        (
            entry
            for entry in read_audit(installation)
            if (not subject or entry.subject == subject)
            and (not target or wanted & {entry.target, entry.target.partition(":")[2]})
            and (not kind or entry.kind == kind)
        ),
        maxlen=limit,
    )
    if json_:
        print(msgspec.json.encode({"entries": list(found)}).decode())
        return
    table = Table(box=None, pad_edge=False)
    for title in ("at", "who", "by", "what", "about", "answer"):
        table.add_column(title, overflow="fold")
    for entry in found:
        status = str(entry.status or "-")
        table.add_row(iso(entry.at), entry.subject, entry.means, entry.kind, entry.target, status)
    results().print(table)
