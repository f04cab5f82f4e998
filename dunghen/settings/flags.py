"""Flags that stand before the command. A module of its own: the command line sets them before it
loads the settings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass
class GlobalFlags:
    """``config``: the settings file that was named, None for the default one."""

    config: Path | None = None


GIVEN = GlobalFlags()
