"""What stands in the product for tests alone is used by no other part of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.structure.code import ROOMS, ROOT

TWIN = "broker.memory"
PASSED_ON = "infra/kafka/broker.py"  # from ``EmbeddedKafka`` to ``prepare``


def naming(*words: str) -> Iterator[tuple[str, ast.Module]]:
    """Files of the product with one of these words in their text; parsing all would take long."""
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            text = path.read_text("utf-8")
            if any(word in text for word in words):
                yield str(path.relative_to(ROOT)), ast.parse(text)


def calls(tree: ast.AST) -> Iterator[str]:
    """Calls that say ``ask``, by name or in a mapping whose names cannot be seen here."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func).rpartition(".")[2]
            names = {word.arg for word in node.keywords}
            if "ask" in names or (called in {"EmbeddedKafka", "prepare"} and None in names):
                yield ast.unparse(node)


def imported(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{name.name}" for name in node.names}
    return found


def test_the_product_starts_no_broker_that_asks_nobody() -> None:
    files = naming("ask", "EmbeddedKafka", "prepare")
    said = {path: found for path, tree in files if (found := list(calls(tree)))}
    [passed] = said.pop(PASSED_ON)
    assert "ask=self._ask" in passed
    assert said == {}


@pytest.mark.parametrize(
    "text",
    [
        "EmbeddedKafka(folder, ask=False)",
        "infra.kafka.broker.EmbeddedKafka(folder, **options)",
        "embedded.prepare(folder, ask=not safe)",
    ],
)
def test_such_a_start_would_be_found(text: str) -> None:
    assert len(list(calls(ast.parse(text)))) == 1


def test_the_product_does_not_use_a_kafka_in_memory() -> None:
    users = {
        path
        for path, tree in naming("memory")
        if any(f"{name}.".startswith(f"{TWIN}.") for name in imported(tree))
    }
    assert users
    assert {path for path in users if not path.startswith("broker/memory/")} == set()
