"""The product's source, as syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
ROOMS = (
    "api", "broker", "documents", "dossiers", "dunghen", "infra", "oracle", "sinks", "sources",
    "streams",
)  # fmt: skip

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Module(NamedTuple):
    """One file: its path from the root, its lines and its tree."""

    path: str
    lines: list[str]
    tree: ast.Module


class Public(NamedTuple):
    """A public class, function or method, and the docstrings of all that it stands in."""

    where: str
    node: ast.ClassDef | Function
    module: Module
    around: str

    @property
    def doc(self) -> str:
        return ast.get_docstring(self.node) or ""


@cache
def modules(room: str) -> list[Module]:
    """Every file of a room."""
    found = []
    for path in sorted((ROOT / room).rglob("*.py")):
        if "node_modules" not in path.parts:
            text = path.read_text("utf-8")
            found.append(Module(str(path.relative_to(ROOT)), text.splitlines(), ast.parse(text)))
    return found


def public(room: str) -> Iterator[Public]:
    """Whatever other files may name: no underscore in front, neither of it nor around it."""
    for module in modules(room):
        yield from _within(module, module.tree.body, ast.get_docstring(module.tree) or "")


def _within(module: Module, body: list[ast.stmt], around: str) -> Iterator[Public]:
    for node in body:
        if not isinstance(node, ast.ClassDef | Function) or node.name.startswith("_"):
            continue
        found = Public(f"{module.path}:{node.lineno} {node.name}", node, module, around)
        yield found
        if isinstance(node, ast.ClassDef):
            yield from _within(module, node.body, f"{around} {found.doc}")
