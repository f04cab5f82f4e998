"""Small logs and mappings for tests, and what an import made of them."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from dossiers.wire.dead_letters import DeadLetter
from dossiers.wire.events import AnyDossierEvent
from sources.importer.counts import RowCounts
from sources.importer.log import import_log
from sources.mapping import Mapping as LogMapping

NOW = 1_790_000_000_000  # the importing machine's clock in tests: 2026-09-21
HEADER = ("case:concept:name", "concept:name", "time:timestamp", "org:resource", "org:group")
COLUMNS = {
    "dossier": "case:concept:name",
    "activity": "concept:name",
    "time": "time:timestamp",
    "officer": "org:resource",
    "unit": "org:group",
}


def mapping(columns: Mapping[str, str] = COLUMNS, **content: Any) -> LogMapping:
    return LogMapping.model_validate({"timezone": "UTC", "columns": dict(columns), **content})


def row(case: str = "A", activity: str = "Start", time: str = "2020-01-01T08:00:00Z") -> list[str]:
    return [case, activity, time, "anna", "desk"]


def write_csv(
    path: Path, rows: Iterable[Sequence[str]], header: Sequence[str] = HEADER, delimiter: str = ","
) -> Path:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def write_xes(path: Path, rows: Iterable[Sequence[str]], header: Sequence[str] = HEADER) -> Path:
    """The same rows as XES: columns ``case:...`` become attributes of the trace."""
    traces: dict[str, list[dict[str, str]]] = {}
    for values in rows:
        cells = {name: value for name, value in zip(header, values, strict=True) if value}
        traces.setdefault(cells["case:concept:name"], []).append(cells)

    def attributes(cells: Mapping[str, str], case: bool) -> str:
        return "".join(
            f"<{'date' if 'time' in name or 'date' in name else 'string'}"
            f" key={quoteattr(name.removeprefix('case:'))} value={quoteattr(value)}/>"
            for name, value in cells.items()
            if name.startswith("case:") == case
        )

    body = "".join(
        f"<trace>{attributes(events[0], True)}"
        + "".join(f"<event>{attributes(cells, False)}</event>" for cells in events)
        + "</trace>"
        for events in traces.values()
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><log xmlns="http://www.xes-standard.org/">'
        f'<extension name="Concept" prefix="concept" uri="x"/>'
        f'<global scope="event"><string key="concept:name" value="UNKNOWN"/></global>{body}</log>'
    ).encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


@dataclass
class Imported:
    """Everything an import gave, read out."""

    counts: RowCounts
    events: list[AnyDossierEvent] = field(default_factory=list)
    letters: list[DeadLetter] = field(default_factory=list)
    as_of: int | None = None
    warnings: list[str] = field(default_factory=list)

    def of(self, kind: type[AnyDossierEvent]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def reasons(self) -> list[str]:
        return [letter.reason for letter in self.letters]


def imported(path: Path, with_mapping: LogMapping | None = None, now: int = NOW) -> Imported:
    """Imports ``path`` and closes the log again."""
    workdir = path.parent / "work"
    with import_log(path, with_mapping or mapping(), workdir, now=now) as log:
        result = Imported(log.counts, list(log.events()), list(log.dead_letters()), log.as_of)  # type: ignore[arg-type]
        result.warnings = log.warnings()
    assert not list(workdir.iterdir()), "the scratch file stayed behind"
    return result
