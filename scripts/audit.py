"""Asks the public databases whether a pinned Python package has a known vulnerability.

Ends with 0 if every package was checked and none has one, with 1 if one is found, and with 3
if a package could not be checked: without the network nothing is known, and that is no good
news. No other target of make asks, so a machine without the network builds all the same.
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
CLEAN, VULNERABLE, UNCHECKED = 0, 1, 3


def ask(requirements: Path = REQUIREMENTS) -> tuple[list[dict[str, Any]], str]:
    """What pip-audit found of each package, and its last words if it found nothing out."""
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
    except OSError as error:
        return [], str(error)
    try:
        return [dict(package) for package in json.loads(done.stdout)["dependencies"]], ""
    except (ValueError, KeyError, TypeError):
        return [], (done.stderr.strip().splitlines() or ["it said nothing"])[-1]


def told(found: list[dict[str, Any]], failure: str) -> tuple[str, int]:
    """The report and the exit status."""
    checked = [package for package in found if isinstance(package.get("vulns"), list)]
    lines = [
        f"{package.get('name')} {package.get('version')}: {vulnerability.get('id')}, "
        f"mended in {', '.join(vulnerability.get('fix_versions') or ()) or 'no version yet'}"
        for package in checked
        for vulnerability in package["vulns"]
    ]
    unchecked = len(found) - len(checked)
    if not checked:
        why = failure or f"it knows none of {unchecked} packages"
        lines.append(f"Nothing was checked: the database cannot be reached from here ({why}).")
        return "\n".join(lines), UNCHECKED
    status = VULNERABLE if lines else UNCHECKED if unchecked else CLEAN
    beside = f"; {unchecked} could not be checked" if unchecked else ""
    lines.append(f"{len(checked)} packages checked, {len(lines)} known vulnerabilities{beside}.")
    return "\n".join(lines), status


def main() -> int:
    """Print the report."""
    text, status = told(*ask())
    print(text)
    return status


if __name__ == "__main__":
    sys.exit(main())
