"""The recount shares with the product what it says that it shares, and nothing else."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from oracle import SHARED

ROOT = Path(__file__).parents[2]
# What the product folds, compares and counts with.
FORBIDDEN = (
    "fold.folding", "fold.standing", "tallies.tally", "portal.comparing", "fold.settle",
    "fold.alerts", "reports.attribution", "reports.case", "fold.notes", "fold.taking",
    "fold.changes", "fold.due_line", "fold.variants", "fold.stops", "fold.step_clock",
    "portal.snapshots", "portal.stopping", "portal.told_stops", "portal.said", "portal.phases",
    "admission.ownership", "fold.after_end", "fold.retention", "publication.state",
    "publication.listing", "publication.lines", "publication.sealing", "text.canonical",
)  # fmt: skip
OTHERS = {"api", "dunghen", "sinks", "sources", "streams", "tests"}
MODULES = sorted((ROOT / "oracle").rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write the whole name"
            assert node.module is not None
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def file_of(module: str) -> Path | None:
    path = ROOT.joinpath(*module.split("."))
    return next((p for p in (path.with_suffix(".py"), path / "__init__.py") if p.exists()), None)


def reached(start: Path) -> set[str]:
    """Our modules that come with a file, through however many others."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for module in imported(waiting.pop()):
            path = file_of(module)
            if path is not None and module not in found:
                found.add(module)
                waiting.append(path)
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_comes_with_the_recount_but_what_it_names(path: Path) -> None:
    modules = reached(path)
    ours = {m.removeprefix("dossiers.") for m in modules if m.startswith("dossiers.")}
    ours -= {package.parent.name for package in (ROOT / "dossiers").glob("*/__init__.py")}
    assert not ours & set(FORBIDDEN)
    assert ours <= {name for names in SHARED.values() for name in names}
    assert not {module.split(".")[0] for module in modules} & OTHERS


def test_the_walk_sees_what_comes_through_others() -> None:
    modules = reached(ROOT / "dossiers" / "reports" / "case.py")
    assert {"dossiers.fold.folding", "dossiers.fold.standing", "dossiers.time.day_table"} <= modules
