"""No pattern takes n² steps, and none is made where this would not see it."""

from __future__ import annotations

import ast
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

from api.access.rules import RULES
from tests.patterns import ROOMS, ROOT, Found, hardest, hostile, patterns

SMALL = 1_500
# Of n² steps, the larger text would take a quarter of a second; what takes less than this many
# seconds is not worth comparing.
NOISE = 0.004
FOUND = patterns()
# Made from the paths of the product's own routes, once, and anew from names of its own settings, to
# find the line that a mistake is in.
DYNAMIC = {"api/access/rules.py", "sources/reference/findings.py"}


def taken(pattern: re.Pattern[Any], method: str, text: Any) -> float:
    """CPU seconds of one use."""
    call = getattr(pattern, method)
    begin = time.process_time()
    if method == "sub":
        call(text[:0], text)
    elif method == "finditer":
        list(call(text))
    else:
        call(text)
    return time.process_time() - begin


def is_slow(pattern: re.Pattern[Any], method: str, small: str, large: str) -> bool:
    """Whether four times the text takes much more than four times as long, however often it is
    tried: a busy machine makes a single use slow."""
    binary = isinstance(pattern.pattern, bytes)
    texts: list[Any] = [t.encode("utf-8") if binary else t for t in (small, large)]
    for _ in range(4):
        long = taken(pattern, method, texts[1])
        if long < NOISE or long < 8 * taken(pattern, method, texts[0]):
            return False
    return True


def slow_texts(found: Found) -> Iterator[str]:
    methods = hardest(found.methods)
    # First short ones: a pattern that doubles its steps with each character would never end.
    for text in hostile(found.pattern, 18):
        given: Any = text.encode() if isinstance(found.pattern.pattern, bytes) else text
        for method in methods:
            if min(taken(found.pattern, method, given) for _ in range(3)) > NOISE:
                yield f"{method}({text!r})"
                return
    for size in (SMALL // 15, SMALL):  # so that n³ steps are seen in time, too
        pairs = zip(hostile(found.pattern, size), hostile(found.pattern, 4 * size), strict=True)
        for small, large in pairs:
            for method in methods:
                if is_slow(found.pattern, method, small, large):
                    yield f"{method}({small[:20]!r}... {small[-3:]!r})"


@pytest.mark.parametrize("found", FOUND, ids=lambda found: found.place)
def test_a_pattern_is_linear(found: Found) -> None:
    assert next(slow_texts(found), None) is None


@pytest.mark.parametrize(
    "text",
    [r"\s+([+-]\d{2})$", r" \([^)]*\)$", r"^\s*--", r"(a+)+b", r"x*y?x*$", r"(\w+\s?)*!", r",+$"],
)
def test_a_slow_pattern_is_found(text: str) -> None:
    pattern = re.compile(text, re.MULTILINE)
    assert next(slow_texts(Found("here", pattern, ("search",))), None) is not None


@pytest.mark.parametrize(
    ("used", "tried"),
    [
        ({"match"}, ("match",)),
        ({"fullmatch", "match"}, ("fullmatch", "match")),
        ({"match", "search"}, ("search",)),
        ({"sub", "search", "fullmatch", "finditer"}, ("fullmatch", "finditer")),
    ],
)
def test_it_is_tried_in_the_ways_that_take_longest(used: set[str], tried: tuple[str, ...]) -> None:
    assert hardest(used) == tried


def test_the_patterns_that_see_what_comes_from_outside_are_among_them() -> None:
    places = {found.place for found in FOUND}
    assert places >= {
        "sources.person_numbers.NUMBER", "sources.portal.fields.ID", "sources.no_dates._DAY",
        "sources.importer.times._OFFSET", "sources.portal.plain._SAFE", "api.access.origins._LOCAL",
        "documents.cells._FORMULA", "sources.reference.tables._FORMULA",
        "sources.time_forms._DIGITAL",
    }  # fmt: skip


def test_no_pattern_is_made_within_a_function() -> None:
    """Where it would not be found here."""
    inside = []
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for function in ast.walk(tree):
                if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                    inside += [
                        path.relative_to(ROOT).as_posix()
                        for call in ast.walk(function)
                        if isinstance(call, ast.Call) and _makes_a_pattern(call)
                    ]
    assert set(inside) == DYNAMIC


def test_the_path_of_a_route_is_read_once() -> None:
    """Two parts that take anything would be tried against each other."""
    for rule in RULES:
        assert rule.pattern.pattern.count(".*") <= 1, rule.path


def _makes_a_pattern(call: ast.Call) -> bool:
    of = call.func
    return isinstance(of, ast.Attribute) and isinstance(of.value, ast.Name) and (
        of.value.id == "re" and of.attr not in ("escape",)
    )  # fmt: skip
