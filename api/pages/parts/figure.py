"""A key figure, and the help that says what it counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.pages.parts.marks import Link, LiveBinding, Shape, Tone
from api.pages.words import Words


@dataclass(frozen=True)
class Help:
    """One tap beside a figure. ``formula``: pieces (text, note under or beside it), as in
    ("1.127", "đúng hạn"), ("/", ""), ("1.198", "đã trả"); ``facts``: (name, value) lines."""

    title: str
    text: str
    formula: tuple[tuple[str, str], ...] = ()
    result: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class FigureTile:
    """A tile. ``value``: as written, "–" if it does not apply, the word for "missing" if it is
    missing; ``href``: the list of the very dossiers that it counts; ``notes``: at most two lines;
    ``age``: only where it differs from the page's own."""

    label: str
    value: str
    unit: str = ""
    tone: Tone = "neutral"
    shape: Shape = ""
    notes: tuple[str, ...] = ()
    href: str = ""
    age: str = ""
    help: Help | None = None
    live: LiveBinding | None = None


def help_of(
    words: Words,
    key: str,
    age: str = "",
    links: Sequence[Link] = (),
    formula: Sequence[tuple[str, str]] = (),
    result: str = "",
    facts: Sequence[tuple[str, str]] = (),
    **values: object,
) -> Help:
    """The help of a figure from the messages ``help_KEY`` (what it counts), ``help_KEY_title``,
    and where they exist ``help_KEY_not`` (what it does not count) and ``help_KEY_rule`` (by which
    rule). ``age``: how old the figure is, in words."""
    lines: list[tuple[str, str]] = []
    for part in ("not", "rule"):
        if words.has(f"help_{key}_{part}"):
            lines.append((words(f"help_{part}"), words(f"help_{key}_{part}", **values)))
    lines += facts
    if age:
        lines.append((words("help_age"), age))
    return Help(
        title=words(f"help_{key}_title", **values),
        text=words(f"help_{key}", **values),
        formula=tuple(formula),
        result=result,
        facts=tuple(lines),
        links=tuple(links),
    )
