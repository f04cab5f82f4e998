"""``dunghen verify``: recount everything and compare."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import typer

from dunghen.stack.attached import on_stack
from dunghen.terminal.options import JsonOption, StateOption
from dunghen.terminal.output import as_json
from dunghen.verify.verifying import verify_timeline
from oracle.checks.report import Report


def verify(state: StateOption = None, json_: JsonOption = False) -> None:
    """Recount all events, in plain batch code and in SQL, and compare with stream and ClickHouse.

    Exit status 1 on any difference.
    """
    if not print_verification(state, json_=json_):
        raise typer.Exit(1)


def print_verification(
    state: Path | None, *, json_: bool, beside: dict[str, Any] | None = None
) -> bool:
    """Verify a state folder, on its running stack or on one started for the purpose, and print the
    report. True if nothing differs. ``beside``: what else the JSON object says. Raises UserError.
    """
    report = on_stack(state, verify_timeline)
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
