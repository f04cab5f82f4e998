"""What is public says what it is for, and a number of time says in what it is counted."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.structure.code import Function, Public, public

# Of a hundred public names, so many have a docstring at least.
DOCUMENTED = {
    "api": 95, "broker": 95, "documents": 95, "dossiers": 95, "dunghen": 95, "infra": 95,
    "oracle": 95, "sinks": 95, "sources": 95, "streams": 95,
}  # fmt: skip
# Of a hundred numbers of time, so many have their unit in their name, beside it or in a docstring.
WITH_UNIT = {"api": 95, "broker": 95, "dossiers": 95, "oracle": 90, "sinks": 95, "streams": 95}

TIME = re.compile(
    r"(^|_)(at|now|until|since|timeout|interval|watermark|moment|begin|delay|pause|patience|age|"
    r"grace|elapsed|wait|worked|step_due|lasts)$"
)
UNIT = re.compile(
    r"(\b|_)(ms|milliseconds?|seconds?|minutes?|hours?|days?|nanoseconds?|(?<!['’])s)(\b|_)"
)


@pytest.mark.parametrize(("room", "percent"), DOCUMENTED.items())
def test_public_names_have_docstrings(room: str, percent: int) -> None:
    names = list(public(room))
    bare = [name.where for name in names if not name.doc]
    assert len(bare) * 100 <= (100 - percent) * len(names), bare


@pytest.mark.parametrize(("room", "percent"), WITH_UNIT.items())
def test_numbers_of_time_have_units(room: str, percent: int) -> None:
    numbers = [each for name in public(room) for each in numbers_of_time(name)]
    bare = [where for where, has_unit in numbers if not has_unit]
    assert len(bare) * 100 <= (100 - percent) * len(numbers), bare


def numbers_of_time(name: Public) -> Iterator[tuple[str, bool]]:
    """Each argument or field that holds a time or a duration as a number, and: is a unit given?"""
    said = f"{name.around} {name.doc}"
    if isinstance(name.node, ast.ClassDef):
        for field in name.node.body:
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                line = name.module.lines[field.lineno - 1]
                yield from _judged(name, field.target.id, field.annotation, f"{said} {line}")
    elif isinstance(name.node, Function):
        given = name.node.args
        for argument in (*given.posonlyargs, *given.args, *given.kwonlyargs):
            yield from _judged(name, argument.arg, argument.annotation, said)


def _judged(
    name: Public, called: str, annotation: ast.expr | None, said: str
) -> Iterator[tuple[str, bool]]:
    kind = ast.unparse(annotation) if annotation else ""
    if re.fullmatch(r"(int|float)( \| None)?", kind) and TIME.search(called):
        has_unit = bool(UNIT.search(said) or UNIT.search(called))
        yield f"{name.where}.{called}", has_unit
