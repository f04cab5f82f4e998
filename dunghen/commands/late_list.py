"""``dunghen late-list``: a month's late list (Decision 766), from the freeze to its proof.

Steps go over the API of the running stack, as the person who takes them: with their own token or,
in a simulation, as one of its city. What only reads needs no person.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from dossiers.errors import UserError
from dunghen.commands import late_list_desk as desk
from dunghen.commands import late_list_look as look
from dunghen.commands import late_list_office as office
from dunghen.late_list.drafting import Form, Part, draft_of, written
from dunghen.late_list.export_here import export_here
from dunghen.late_list.manifests import known_files, known_here
from dunghen.late_list.proof import MOST_BYTES, Proof
from dunghen.late_list.proving import prove
from dunghen.stack.attached import on_stack
from dunghen.terminal.month import refuse_no_month
from dunghen.terminal.options import JsonOption, StateOption
from dunghen.terminal.output import as_json

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="A month's late list: freeze, explain, review, approve, publish, prove.",
)
_Scope = Annotated[
    str,
    typer.Option(
        "--scope", metavar="UNIT", help="Only what is charged to this unit and those below it."
    ),
]
_Format = Annotated[Form, typer.Option("--format", help="What to write.")]
_Part = Annotated[Part, typer.Option("--part", help="Which table, for --format csv.")]
_Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="Write here instead of to the terminal."),
]


@app.callback()
def late_list() -> None:
    pass


app.command("list", rich_help_panel="Look")(look.list_)
app.command(rich_help_panel="Look")(look.show)
app.command(rich_help_panel="Look")(look.together)


@app.command(rich_help_panel="Look")
def draft(
    month: Annotated[
        str, typer.Option("--month", metavar="YYYY-MM", help="The month.", show_default=False)
    ],
    scope: _Scope = "",
    format_: _Format = "json",
    part: _Part = "officers",
    out: _Out = None,
    state: StateOption = None,
) -> None:
    """Write the officers, units and dossiers that caused delays in a month, as things stand.

    Nothing is put on record. The same log gives the same bytes. No citizen's data is in it.
    """
    if format_ not in ("json", "csv") and out is None:
        raise UserError("That is no text for a terminal.", "Name a file with --out FILE.")
    refuse_no_month(month)
    paper = on_stack(state, lambda installation, note: draft_of(installation, note, month, scope))
    for suffix, body in written(paper, format_, part):
        if out is None:
            sys.stdout.buffer.write(body)
            continue
        path = out.with_name(f"{out.stem}{suffix}{out.suffix}")
        try:
            path.write_bytes(body)
        except OSError as error:
            raise UserError(f"{path} cannot be written: {error.strerror}.") from error
        print(f"{paper.core.whole.late} late dossiers of {paper.core.whole.total} → {path}")
    if out is not None:
        print(f"SHA-256 of the list  {paper.sha256}")


app.command(rich_help_panel="Steps")(office.freeze)
app.command(rich_help_panel="Steps")(desk.explain)
app.command(rich_help_panel="Steps")(desk.reply)
app.command(rich_help_panel="Steps")(desk.ask)
app.command(rich_help_panel="Steps")(desk.review)
app.command(rich_help_panel="Steps")(office.submit)
app.command(rich_help_panel="Steps")(office.approve)
app.command("return", rich_help_panel="Steps")(office.return_)
app.command(rich_help_panel="Steps")(office.publish)
app.command(rich_help_panel="Steps")(office.sign)
app.command(rich_help_panel="Steps")(office.correct)
app.command(rich_help_panel="Steps")(office.reduce)


@app.command(rich_help_panel="Prove")
def verify(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="PDF (also signed), XLSX, CSV, JSON, or a row.")
    ],
    manifest: Annotated[
        list[Path] | None,
        typer.Option(
            "--manifest",
            metavar="FILE",
            help="Prove it by this manifest alone (kiem-chung-….json), without an installation. "
            "May be given several times.",
            show_default=False,
        ),
    ] = None,
    list_: Annotated[
        str,
        typer.Option("--list", metavar="LIST", help="It must be of this list: 2026-10."),
    ] = "",
    state: StateOption = None,
    json_: JsonOption = False,
) -> None:
    """Prove that a file, or one row as JSON with its salt, is what was published.

    Exit status 1 if it is not, and what differs.
    """
    content = _read(file)
    if manifest:
        found = prove(content, known_files(manifest))
    else:
        found = on_stack(state, lambda here, _: prove(content, known_here(here)))
    found = _of_list(found, list_)
    print(as_json(found) if json_ else _told(found))
    if not found.genuine:
        raise typer.Exit(1)


@app.command(rich_help_panel="Prove")
def export(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="New, empty, or what was exported before.")
    ],
    base: Annotated[
        str,
        typer.Option(
            "--base",
            metavar="URL",
            help="Address at which it will be found, for the feed and for what is embedded.",
        ),
    ] = "",
    state: StateOption = None,
    json_: JsonOption = False,
) -> None:
    """Write the public site of all late lists as files, for any web server or a disk."""
    found = on_stack(state, lambda here, _: export_here(here, folder, base))
    if json_:
        print(as_json({"lists": found.lists, "files": found.files, "bytes": found.size}))
    else:
        print(f"{found.lists} lists, {found.files} files, {found.size} bytes → {folder}")


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise UserError(f"{file} cannot be read: {error.strerror}.") from error


def _of_list(found: Proof, list_: str) -> Proof:
    """The same, unless another list was asked for."""
    if not list_ or not found.genuine or found.list == list_:
        return found
    return Proof(
        genuine=False, what=found.what, list=found.list, edition=found.edition, file=found.file,
        core=found.core, approved=found.approved, published=found.published,
        differences=(f"it is not of the list of {list_}",), notes=found.notes,
    )  # fmt: skip


def _told(found: Proof) -> str:
    lines = [f"{'✓' if found.genuine else '✗'} {found.what}"]
    if found.list:
        lines += [
            f"  list      {found.list}, edition {found.edition}",
            f"  SHA-256   {found.core}",
            f"  records   approved by {found.approved}, published by {found.published}",
        ]
    lines += [f"  differs   {each}" for each in found.differences]
    return "\n".join([*lines, *(f"  note      {each}" for each in found.notes)])
