"""The command line: ``dunghen --help``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from dunghen.commands import (
    acls,
    api,
    audit,
    backup,
    config,
    dead_letters,
    demo,
    doctor,
    explain,
    ingest,
    keys,
    late_list,
    migrate,
    rebuild,
    reconcile,
    reference,
    refold,
    replay,
    schema,
    sender_key,
    simulate,
    sink,
    status,
    tick,
    topics,
    up,
    verify,
    worker,
)
from dunghen.settings.installation import OPTIONS
from dunghen.terminal import defects
from dunghen.terminal.console import error_line
from dunghen.terminal.errors import INTERRUPTED, as_user_error
from dunghen.terminal.output import PlainOutput

app = typer.Typer(
    name="dunghen",
    help="Đúng Hẹn: live monitoring of the punctuality of public service dossiers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)

RUN, LOOK, KEEP, PARTS = "Run", "Look", "Keep", "Parts of the stack"
app.command("up", rich_help_panel=RUN)(up.up)
app.command("demo", rich_help_panel=RUN)(demo.demo)
app.command("replay", rich_help_panel=RUN)(replay.replay)
app.command("ingest", rich_help_panel=RUN)(ingest.ingest)
app.command("sender-key", rich_help_panel=RUN)(sender_key.sender_key)
app.command("backup", rich_help_panel=KEEP)(backup.backup)
app.command("restore", rich_help_panel=KEEP)(backup.restore)
app.command("rebuild", rich_help_panel=KEEP)(rebuild.rebuild)
app.command("refold", rich_help_panel=KEEP)(refold.refold)
app.add_typer(keys.app, name="keys", rich_help_panel=RUN)
app.command("token", rich_help_panel=RUN)(keys.token)
app.command("status", rich_help_panel=LOOK)(status.status)
app.command("verify", rich_help_panel=LOOK)(verify.verify)
app.command("explain", rich_help_panel=LOOK)(explain.explain)
app.command("late-list", rich_help_panel=LOOK)(late_list.late_list)
app.command("reconcile", rich_help_panel=LOOK)(reconcile.reconcile)
app.add_typer(dead_letters.app, name="dead-letters", rich_help_panel=LOOK)
app.add_typer(reference.app, name="reference", rich_help_panel=LOOK)
app.add_typer(audit.app, name="audit", rich_help_panel=LOOK)
app.command("doctor", rich_help_panel=LOOK)(doctor.doctor)
app.command("config", rich_help_panel=LOOK)(config.config)
app.command("schema", rich_help_panel=LOOK)(schema.schema)
app.command("topics", rich_help_panel=PARTS)(topics.topics)
app.command("migrate", rich_help_panel=PARTS)(migrate.migrate)
app.command("worker", rich_help_panel=PARTS)(worker.worker)
app.command("sink", rich_help_panel=PARTS)(sink.sink)
app.command("api", rich_help_panel=PARTS)(api.api)
app.command("tick", rich_help_panel=PARTS)(tick.tick)
app.command("acls", rich_help_panel=PARTS)(acls.acls)
app.command("simulate", rich_help_panel=PARTS)(simulate.simulate)


@app.callback()
def options(
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            metavar="FILE",
            help="Settings file (TOML). Default: DUNGHEN_CONFIG, else ./dunghen.toml.",
            show_default=False,
        ),
    ] = None,
) -> None:
    OPTIONS.config = config


def main() -> None:
    """Entry point: what a user can put right ends in a sentence and its own exit status."""
    sys.stdout = PlainOutput(sys.stdout)
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command; its exit status."""
    try:
        app(arguments, prog_name="dunghen")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        problem = as_user_error(error)
        if problem is None:
            return defects.report(error)
        error_line(str(problem))
        return problem.exit_code
    return 0
