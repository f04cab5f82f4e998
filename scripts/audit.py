"""Asks the public databases whether a pinned Python package has a known vulnerability.

Ends with 1 where one is found. Where no database can be reached it says that nothing was checked,
and ends with 0: a machine without the network must be able to build.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT / "requirements" / "base.txt"
_SECONDS = 300


def ask(requirements: Path = REQUIREMENTS) -> tuple[list[dict[str, Any]], str]:
    """What pip-audit found of each package, and its last words where it found nothing out."""
    command = [
        *(sys.executable, "-m", "pip_audit", "-r", str(requirements)),
        *("--require-hashes", "--disable-pip", "-f", "json", "--progress-spinner", "off"),
    ]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return [], f"no answer within {_SECONDS} s"
    try:
        return list(json.loads(done.stdout)["dependencies"]), ""
    except (ValueError, KeyError, TypeError):
        return [], (done.stderr.strip().splitlines() or ["it said nothing"])[-1]


def told(found: list[dict[str, Any]], failure: str) -> tuple[str, int]:
    """The report and the exit status."""
    checked = [package for package in found if "vulns" in package]
    lines = [
        f"{package['name']} {package['version']}: {vulnerability['id']}, "
        f"mended in {', '.join(vulnerability['fix_versions']) or 'no version yet'}"
        for package in checked
        for vulnerability in package["vulns"]
    ]
    unchecked = len(found) - len(checked)
    if not checked:
        why = failure or f"it knows none of {unchecked} packages"
        lines.append(f"Nothing was checked: the database cannot be reached from here ({why}).")
        return "\n".join(lines), 0
    beside = f"; {unchecked} could not be checked" if unchecked else ""
    lines.append(f"{len(checked)} packages checked, {len(lines)} known vulnerabilities{beside}.")
    return "\n".join(lines), 1 if len(lines) > 1 else 0


def main() -> int:
    """Print the report."""
    text, status = told(*ask())
    print(text)
    return status


if __name__ == "__main__":
    sys.exit(main())
