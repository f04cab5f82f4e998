"""``dunghen verify``: recount everything and compare."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from dossiers.wire.verifications import Occasion
from dunghen.settings.installation import Installation
from dunghen.stack.attached import on_stack
from dunghen.terminal.options import JsonOption, StateOption
from dunghen.terminal.output import as_json
from dunghen.timeline.reading import read_in_force
from dunghen.verify.gentle import be_gentle
from dunghen.verify.record import last_hour, record_of, write_verification
from dunghen.verify.verifying import verify_timeline
from oracle.checks.report import Report


def verify(
    state: StateOption = None,
    json_: JsonOption = False,
    record: Annotated[
        bool, typer.Option("--record", help="Keep the result beside those of the nights.")
    ] = False,
    night: Annotated[
        str | None,
        typer.Option(
            "--night",
            metavar="DATE",
            help="With --record: as the recount of this night (2026-11-30), which `up` makes by "
            "itself and a timer starts on servers.",
            show_default=False,
        ),
    ] = None,
    gently: Annotated[
        bool,
        typer.Option(
            "--gently",
            help="Take only what processor and disk have left, and no more memory than the setting "
            "verify.memory_mb.",
        ),
    ] = False,
) -> None:
    """Recount all events, in plain batch code and in SQL, and compare with stream and ClickHouse.

    Exit status 1 on any difference.
    """
    if night is not None and not _is_date(night):
        raise typer.BadParameter("write it as 2026-11-30", param_hint="--night")
    if gently:
        be_gentle(Installation.find(state).settings.verify.memory_mb)
    work = _recorded(night) if record else verify_timeline
    if not print_verification(state, json_=json_, work=work):
        raise typer.Exit(1)


Work = Callable[[Installation, Callable[[str], None]], Report]


def _is_date(text: str) -> bool:
    try:
        return time.strftime("%Y-%m-%d", time.strptime(text, "%Y-%m-%d")) == text
    except ValueError:
        return False


def _recorded(night: str | None) -> Work:
    """A verification whose result is kept in topic ``verifications``."""

    def work(installation: Installation, note: Callable[[str], None]) -> Report:
        at = time.time_ns() // 1_000_000
        report = verify_timeline(installation, note)
        kafka = installation.kafka
        named = night
        if named is None:
            reference, _ = read_in_force(kafka.bootstrap, at, client=installation.client)
            zone = ZoneInfo(reference.timezone)
            named, _ = last_hour(at, installation.settings.verify.at, zone)
        occasion: Occasion = "hand" if night is None else "night"
        write_verification(kafka, record_of(report, named, occasion, at))
        return report

    return work


def print_verification(
    state: Path | None,
    *,
    json_: bool,
    beside: dict[str, Any] | None = None,
    work: Work = verify_timeline,
) -> bool:
    """Verify a state folder, on its running stack or on one started for the purpose, and print the
    report. True if nothing differs. ``beside``: what else the JSON object says. Raises UserError.
    """
    report = on_stack(state, work)
    if json_:
        print(as_json({"equal": report.equal, **asdict(report), **(beside or {})}))
    else:
        print(as_text(report))
    return report.equal


def as_text(report: Report) -> str:
    """For a terminal."""
    width = max(len(check.name) for check in report.checks)
    lines = [
        f"{report.events} events ({report.duplicates} duplicates), {report.dead_letters} dead "
        f"letters, {report.dossiers} dossiers, recounted in {report.seconds:.1f} s",
    ]
    for check in report.checks:
        mark = "✓" if check.differences == 0 else "✗"
        moved = f", {check.moved} moved on meanwhile" if check.moved else ""
        lines.append(
            f"{mark} {check.name:<{width}}  {check.compared} compared, "
            f"{check.differences} differences{moved}"
        )
        lines += [f"    {example}" for example in check.examples]
        if check.left_out:
            lines.append(f"    without {'; '.join(check.left_out)}")
    lines.append(f"The recount shares with the product: {'; '.join(report.shared)}.")
    lines.append(f"Not recounted: {'; '.join(report.left_out)}.")
    lines.append("No difference." if report.equal else "There are differences.")
    return "\n".join(lines)
