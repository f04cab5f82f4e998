"""Clients of Kafka are made in broker/ alone: else one would lack a login, or durability."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = (
    "api",
    "broker",
    "documents",
    "dossiers",
    "dunghen",
    "infra",
    "oracle",
    "sinks",
    "sources",
    "streams",
)
MADE_IN = ROOT / "broker" / "kafka.py"
CLIENTS = {"Consumer", "Producer", "AdminClient", "SerializingProducer", "DeserializingConsumer"}


def made(path: Path) -> set[str]:
    """Client classes that a file calls."""
    tree = ast.parse(path.read_text("utf-8"))
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = [each.id for each in calls if isinstance(each, ast.Name)]
    return {*names, *(each.attr for each in calls if isinstance(each, ast.Attribute))} & CLIENTS


def test_no_other_file_makes_a_client() -> None:
    assert made(MADE_IN) == {"Consumer", "Producer", "AdminClient"}
    files = [path for room in ROOMS for path in (ROOT / room).rglob("*.py") if path != MADE_IN]
    assert len(files) > 300
    assert {str(path.relative_to(ROOT)): found for path in files if (found := made(path))} == {}
