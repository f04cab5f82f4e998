"""``dunghen doctor``: what is missing on this machine and what to do."""

from __future__ import annotations

import json

import typer
from rich.console import Console
from rich.text import Text

from dunghen.settings.installation import Installation
from dunghen.stack.machine import MachineFinding, examine
from dunghen.terminal.options import JsonOption, StateOption


def doctor(state: StateOption = None, json_: JsonOption = False) -> None:
    """Look at this machine; exit status 1 if something is missing."""
    findings = examine(Installation.find(state))
    if json_:
        print(json.dumps([_as_said(finding) for finding in findings], ensure_ascii=False))
    else:
        console = Console(highlight=False)
        marks = {"ok": ("✓ ", "green"), "warning": ("! ", "yellow"), "missing": ("✗ ", "red")}
        for finding in findings:
            mark = marks[finding.level]
            console.print(Text.assemble(mark, (f"{finding.what:<18}", "bold"), finding.found))
            if finding.advice:
                console.print(Text(f"    {finding.advice}", style="yellow"), soft_wrap=True)
    if any(finding.level == "missing" for finding in findings):
        raise typer.Exit(1)


def _as_said(finding: MachineFinding) -> dict[str, str]:
    """As JSON: the names that readers of ``--json`` know."""
    return {
        "what": finding.what,
        "level": finding.level,
        "found": finding.found,
        "todo": finding.advice,
    }
