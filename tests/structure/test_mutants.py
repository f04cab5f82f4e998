"""``make mutants``: what it changes, and what it knows of mutants that nothing can tell."""

from __future__ import annotations

import tomllib

import pytest

from scripts.mutants import KNOWN, ROOMS, ROOT, is_operator


@pytest.mark.parametrize("room", list(ROOMS))
def test_its_files_and_tests_are_there(room: str) -> None:
    files, tests = ROOMS[room]
    assert all(any(ROOT.glob(pattern)) for pattern in files)
    assert all((ROOT / test).exists() for test in tests)


@pytest.mark.parametrize(
    ("before", "after", "counts"),
    [
        ("if now > due:", "if now >= due:", True),
        ("return a and b", "return a or b", True),
        ("minute - 1", "minute - 2", True),
        ("return True", "return False", True),
        ("x = y if a else b", "x = y if (a) or True else b", True),
        ('return "late"', 'return "LATE"', False),  # a text is for readers
        ("fold(facts, context)", "fold(facts, )", False),  # the type checker finds these
        ('problem("units", place)', "problem(place)", False),
        ("due = soon(now)", "due = None", False),
        ("zip(a, b, strict=True)", "zip(a, b, strict=False)", False),  # lengths that agree
    ],
)
def test_single_operators_are_drawn(before: str, after: str, counts: bool) -> None:
    assert is_operator(before, after) is counts


def test_each_known_one_has_a_reason_and_still_stands_in_the_code() -> None:
    for room, mutants in tomllib.loads(KNOWN.read_text("utf-8")).items():
        code = "\n".join(path.read_text("utf-8") for path in (ROOT / room).rglob("*.py"))
        for each in mutants:
            assert each["before"] in code, each
            assert each["before"] != each["after"]
            assert each["reason"]
