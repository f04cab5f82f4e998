"""The command line: ``dunghen --help``.

It knows its commands by name, panel and first sentence alone. The module of one, and with it the
rooms that it needs, is imported when that command runs or is asked for its own help.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

from dunghen.settings.flags import GIVEN
from dunghen.terminal import defects
from dunghen.terminal.console import error_line
from dunghen.terminal.errors import INTERRUPTED, as_user_error
from dunghen.terminal.interrupts import ending_at_once
from dunghen.terminal.output import PlainOutput


class Listed(NamedTuple):
    """One command. ``place``: module of dunghen.commands, and the name in it of a function or, for
    a group, of a Typer. ``summary``: the first sentence of its own help."""

    name: str
    place: str
    panel: str
    summary: str


RUN, LOOK, KEEP, PARTS = "Run", "Look", "Keep", "Parts of the stack"
COMMANDS = (
    Listed("up", "up:up", RUN, "Run the stack on live data until Ctrl-C."),
    Listed("demo", "demo:demo", RUN, "Run the stack on a simulated city until Ctrl-C."),
    Listed(
        "replay", "replay:replay", RUN,
        "Replay an event log in its own time and end with right figures.",
    ),
    Listed(
        "ingest", "ingest:ingest", RUN,
        "Publish dossiers and progress as one-stop systems write them. Exit status 1 if a record "
        "was refused, 2 if Kafka went away; sending a file again counts nothing twice.",
    ),
    Listed(
        "sender-key", "sender_key:sender_key", RUN,
        "Make a new key, print it once, and print the lines that let it in.",
    ),
    Listed(
        "token", "keys:token", RUN,
        "Print the administrator's token, and a link that signs in with it.",
    ),
    Listed("keys", "keys:app", RUN, "Keys of senders, walls and monitoring."),
    Listed(
        "backup", "backup:backup", KEEP,
        "Back up the embedded stack: Kafka's log and ClickHouse, as they are at one moment.",
    ),
    Listed(
        "restore", "backup:restore", KEEP,
        "Make a state folder from a backup, and verify it. The folder must be new or empty.",
    ),
    Listed(
        "rebuild", "rebuild:rebuild", KEEP,
        "Fill ClickHouse anew from Kafka, beside the old tables, and put it in their place.",
    ),
    Listed(
        "refold", "refold:refold", KEEP,
        "Fold the log of an older version's state from its start, by today's rules.",
    ),
    Listed("status", "status:status", LOOK, "Show how the stack is doing."),
    Listed(
        "verify", "verify:verify", LOOK,
        "Recount all events, in plain batch code and in SQL, and compare with stream and "
        "ClickHouse.",
    ),
    Listed(
        "explain", "explain:explain", LOOK,
        "Show a dossier's timeline, how its due time came about, its verdict, and whose hours.",
    ),
    Listed(
        "layout", "layout:layout", KEEP,
        "Write places of tiles (x, y) into units.csv, from where units lie.",
    ),
    Listed(
        "late-list", "late_list:app", RUN,
        "A month's late list: freeze, explain, review, approve, publish, prove.",
    ),
    Listed(
        "reconcile", "reconcile:reconcile", LOOK,
        "Compare the dossiers seen with the count, or the list, of the portal or a one-stop "
        "system.",
    ),
    Listed(
        "doctor", "doctor:doctor", LOOK,
        "Look at this machine; exit status 1 if something is missing.",
    ),
    Listed(
        "config", "config:config", LOOK,
        "Print every setting, where its value comes from, and what it means.",
    ),
    Listed(
        "schema", "schema:schema", LOOK,
        "Print the AsyncAPI document with the schema of every record, or write files.",
    ),
    Listed(
        "dead-letters", "dead_letters:app", LOOK,
        "Records that could not be taken, with the reason.",
    ),
    Listed(
        "reference", "reference:app", LOOK,
        "Units, officers, procedures, calendars, rules and alert policies, from a folder.",
    ),
    Listed("audit", "audit:app", LOOK, "Who looked, and who changed what."),
    Listed("alerts", "alerts:app", LOOK, "Alerts: what a policy would have sent."),
    Listed("texts", "texts:app", KEEP, "Texts that people wrote about alerts."),
    Listed(
        "topics", "topics:topics", PARTS,
        "Create the topics if they are missing, and show the timeline.",
    ),
    Listed(
        "migrate", "migrate:migrate", PARTS,
        "Apply the migrations that ClickHouse does not have yet.",
    ),
    Listed(
        "worker", "worker:worker", PARTS,
        "Fold events into dossiers, tallies and alerts (part of `up`).",
    ),
    Listed(
        "sink", "sink:sink", PARTS, "Write all topics to a ClickHouse server and deliver alerts."
    ),
    Listed(
        "api", "api:api", PARTS,
        "Serve API, feed and wall; with the embedded engine, sink and notifier too (part of `up`).",
    ),
    Listed(
        "tick", "tick:tick", PARTS,
        "Publish the time once a second in every partition (part of `up`).",
    ),
    Listed(
        "acls", "acls:acls", PARTS,
        "Print the access rights of each process in Kafka and ClickHouse, for their "
        "administrators.",
    ),
    Listed(
        "simulate", "simulate:simulate", PARTS,
        "Publish the events of the simulated city and its time (part of `demo`).",
    ),
)  # fmt: skip


def loaded(listed: Listed) -> Any:
    """The command itself, its module imported."""
    module, _, name = listed.place.partition(":")
    with ending_at_once():
        found = getattr(import_module(f"dunghen.commands.{module}"), name)
    if isinstance(found, typer.Typer):
        return typer.main.get_group(found)
    alone = typer.Typer(add_completion=False, rich_markup_mode="rich")
    alone.command(listed.name)(found)
    return typer.main.get_command(alone)


class LazyGroup(TyperGroup):
    """The commands of COMMANDS, in their order. Help of all is written from that table alone."""

    def __init__(self, **options: Any) -> None:
        stubs = {
            each.name: TyperCommand(
                each.name, short_help=each.summary, rich_help_panel=each.panel, callback=None
            )
            for each in COMMANDS
        }
        options["commands"] = stubs
        super().__init__(**options)
        self._contents = TyperGroup(**options)

    def list_commands(self, ctx: Any) -> list[str]:
        """Names in the order of the table."""
        return [each.name for each in COMMANDS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command itself, its module imported; None if there is none of this name."""
        found = [each for each in COMMANDS if each.name == cmd_name]
        return loaded(found[0]) if found else None

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Help of all commands, none of them imported."""
        self._contents.format_help(ctx, formatter)


app = typer.Typer(
    name="dunghen",
    cls=LazyGroup,
    help="Đúng Hẹn: live monitoring of the punctuality of public service dossiers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


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
    GIVEN.config = config


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
