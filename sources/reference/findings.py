"""What is wrong with a folder of reference data: every finding with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, order=True)
class Finding:
    """``file``: relative to the folder. ``line``: from 1, 0 for the whole file. ``column``: its
    name, "" for the whole line. ``text``: what is wrong and what to do. A warning stops nothing."""

    file: str
    line: int
    column: str
    text: str
    warning: bool = False

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        column = f" ({self.column})" if self.column else ""
        return f"{place}{column}: {'warning: ' if self.warning else ''}{self.text}"


@dataclass
class Findings:
    """Collected over all files of ``folder``."""

    folder: Path
    found: list[Finding] = field(default_factory=list)

    def add(self, path: Path, line: int, column: str, text: str, *, warning: bool = False) -> None:
        """Note a finding in ``path``; arguments as the fields of ``Finding``."""
        file = path.relative_to(self.folder).as_posix()
        self.found.append(Finding(file, line, column, text, warning))

    @property
    def errors(self) -> list[Finding]:
        """What stops the data from being used, by file and line."""
        return sorted(each for each in self.found if not each.warning)

    @property
    def warnings(self) -> list[Finding]:
        """What stops nothing, by file and line."""
        return sorted(each for each in self.found if each.warning)


def line_of(text: str, *names: object, start: int = 0) -> int:
    """The line of a TOML file where the last of ``names`` stands, each sought behind the one
    before, the first behind ``start``; that of the nearest one that was found, 0 for none."""
    at = start
    line = text.count("\n", 0, start) + 1 if start else 0
    for name in names:
        if isinstance(name, int):  # the place in an array of tables
            continue
        match = re.compile(rf"(?<![\w-]){re.escape(str(name))}(?![\w-])").search(text, at)
        if match is None:
            break
        at = match.end()
        line = text.count("\n", 0, match.start()) + 1
    return line
