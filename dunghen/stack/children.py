"""The commands with which the supervisor starts our own processes."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from dunghen.settings.installation import Installation
from dunghen.stack.child import Command

ROOT = Path(__file__).resolve().parents[2]


def own_command(
    installation: Installation, *arguments: str, env: Mapping[str, str] | None = None
) -> Command:
    """``dunghen ARGUMENTS --state DIR`` with the settings this process has."""
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", ""))))
    return Command(
        argv=(
            sys.executable,
            "-m",
            "dunghen",
            *arguments,
            "--state",
            str(installation.folder.path),
        ),
        env={
            **os.environ,
            **installation.loaded.environment(),
            # Output goes through a pipe: lines must not wait in a buffer.
            "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": path,
            **(env or {}),
        },
    )
