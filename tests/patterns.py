"""Every compiled pattern of the product, and texts that would make a slow one slow."""

from __future__ import annotations

import importlib
import pkgutil
import re
import re._constants as op  # type: ignore[import-not-found, unused-ignore]
import re._parser as parser  # type: ignore[import-not-found, unused-ignore]
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
ROOMS = (
    "api",
    "broker",
    "documents",
    "dossiers",
    "dunghen",
    "oracle",
    "sinks",
    "sources",
    "streams",
)
METHODS = ("match", "fullmatch", "search", "sub", "split", "findall", "finditer")
# Each tries what all before it try, and more: from the start, from everywhere, and on to the end.
_SCANS = (("match",), ("search",), ("sub", "split", "findall", "finditer"))
_BREAKERS = ("", "x", "!", "\x00", "\n")
_RUNS = (" ", "\t", "\n", "\u00a0", "0", "9", "a", "A", "-", ".", ",", ";", ":", "/", "(", "[", '"',
         "'", "=", "@", "ậ", "\u0301", "0 ", "a.", "1-", "(a", " -", "\n ", "''", "; ")  # fmt: skip


class Found(NamedTuple):
    """A pattern and where it is bound: ``methods`` are those by which the sources use it."""

    place: str
    pattern: re.Pattern[Any]
    methods: tuple[str, ...]


def modules() -> Iterator[ModuleType]:
    for room in ROOMS:
        package = importlib.import_module(room)
        yield package
        for info in pkgutil.walk_packages(package.__path__, f"{room}."):
            if not info.name.endswith("__main__"):
                yield importlib.import_module(info.name)


def patterns() -> list[Found]:
    """Those that modules and their classes hold, also within tuples, lists and dicts."""
    found: dict[tuple[Any, int], Found] = {}
    for module in modules():
        for name, value in list(vars(module).items()):
            inside = vars(value).values() if isinstance(value, type) else (value,)
            for pattern in _within([*inside]):
                place = f"{module.__name__}.{name}"
                text = _text_of(module) if name.startswith("_") else _sources()
                methods = tuple(m for m in METHODS if f"{name}.{m}(" in text)
                known = found.get((pattern.pattern, pattern.flags))
                # One that is handed on to a function is tried in every way.
                use = methods or METHODS
                if known is not None:
                    place, use = known.place, tuple({*known.methods, *methods} or METHODS)
                found[pattern.pattern, pattern.flags] = Found(place, pattern, use)
    return sorted(found.values(), key=lambda each: each.place)


def hardest(methods: Iterable[str]) -> tuple[str, ...]:
    """Those of the methods in which all the steps are that any of them takes."""
    used = set(methods)
    scans = [used & {*alike} for alike in _SCANS if used & {*alike}]
    return (*sorted(used & {"fullmatch"}), *(min(alike) for alike in scans[-1:]))


def _within(values: Iterable[Any]) -> Iterator[re.Pattern[Any]]:
    for value in values:
        if isinstance(value, re.Pattern):
            yield value
        elif isinstance(value, tuple | list | set | frozenset):
            yield from _within(value)
        elif type(value) is dict:
            yield from _within([*value, *value.values()])


def _text_of(module: ModuleType) -> str:
    return Path(module.__file__ or "").read_text(encoding="utf-8")


@cache
def _sources() -> str:
    files = (path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def hostile(pattern: re.Pattern[Any], size: int) -> Iterator[str]:
    """Texts of about ``size`` characters: runs of what the pattern repeats, behind what it wants
    before that, and all but ended as it wants; runs of its own literals; and of common characters.
    """
    text = (
        pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    )
    tree = list(parser.parse(text, pattern.flags & ~re.UNICODE if isinstance(
        pattern.pattern, bytes) else pattern.flags))  # fmt: skip
    seeds = dict.fromkeys(_RUNS)
    whole = _shortest(tree)
    seeds[whole] = seeds[whole[:-1]] = None
    starts = {""}
    for before, body in _repeats(tree, ""):
        for piece in (body, body + " ", " " + body, body + whole):
            seeds[piece] = None
        starts |= {before, before[-1:]}
    for literal in set(whole):
        seeds[literal] = seeds[literal + " "] = None
    for start in starts:
        for seed in filter(None, seeds):
            run = start + seed * (size // len(seed))
            for breaker in _BREAKERS if seed in whole or not start else _BREAKERS[:2]:
                yield run + breaker


def _repeats(tree: Iterable[Any], before: str) -> Iterator[tuple[str, str]]:
    """(what stands before it at the shortest, what it repeats) of each repetition."""
    for code, value in tree:
        if code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            yield before, _shortest(value[2])
            yield from _repeats(value[2], before)
        elif code is op.SUBPATTERN:
            yield from _repeats(value[3], before)
        elif code is op.BRANCH:
            for branch in value[1]:
                yield from _repeats(branch, before)
        elif code in (op.ASSERT, op.ASSERT_NOT):
            yield from _repeats(value[1], before)
        before += _shortest([(code, value)])


def _shortest(tree: Iterable[Any]) -> str:
    """A short text that the pattern takes; once what it may repeat, so that it is seen."""
    parts = []
    for code, value in tree:
        if code is op.LITERAL:
            parts.append(chr(value))
        elif code is op.NOT_LITERAL:
            parts.append("b" if value == ord("a") else "a")
        elif code is op.ANY:
            parts.append("a")
        elif code is op.IN:
            parts.append(_of_class(value))
        elif code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            parts.append(_shortest(value[2]) * max(1, min(value[0], 20)))
        elif code is op.SUBPATTERN:
            parts.append(_shortest(value[3]))
        elif code is op.BRANCH:
            parts.append(_shortest(value[1][0]))
        elif code is op.ATOMIC_GROUP:
            parts.append(_shortest(value))
    return "".join(parts)


def _of_class(items: Iterable[Any]) -> str:
    """A character of a class that is common enough: the first that the class takes."""
    items = list(items)
    one = re.compile(_class_text(items))
    return next((char for char in " a0A-.:,;/_\t\"'(=@9z\n\x01ậ" if one.fullmatch(char)), "a")


_CATEGORIES = {
    op.CATEGORY_DIGIT: r"\d", op.CATEGORY_NOT_DIGIT: r"\D", op.CATEGORY_SPACE: r"\s",
    op.CATEGORY_NOT_SPACE: r"\S", op.CATEGORY_WORD: r"\w", op.CATEGORY_NOT_WORD: r"\W",
}  # fmt: skip


def _class_text(items: Iterable[Any]) -> str:
    parts = []
    for code, value in items:
        if code is op.NEGATE:
            parts.append("^")
        elif code is op.LITERAL:
            parts.append(re.escape(chr(value)))
        elif code is op.RANGE:
            parts.append(f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}")
        elif code is op.CATEGORY:
            parts.append(_CATEGORIES[value])
    return f"[{''.join(parts)}]"
