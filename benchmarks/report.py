"""Figures of a run: rows with their rounds, ratios between rows, aims; as a table or as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Literal

import msgspec

Role = Literal["ours", "peer", "limit", "part"]


class Row(msgspec.Struct, kw_only=True):
    """One thing measured over several rounds. ``failure``: why there is no figure.

    ``limit`` is what no engine can pass; a ``part`` is a share of ours, shown and not compared.
    """

    name: str
    label: str
    role: Role
    unit: str
    values: list[float] = []
    failure: str = ""

    @property
    def figure(self) -> float | None:
        """The median of the rounds."""
        return median(self.values) if self.values else None


class Aim(msgspec.Struct, kw_only=True):
    """What our figure should be: at least or at most ``bound`` (times that of row ``to``)."""

    of: str
    to: str = ""
    at_least: bool = True
    bound: float

    def judge(self, rows: Sequence[Row]) -> tuple[float, bool] | None:
        """The ratio (or the figure) and whether it meets the aim; None if one is missing."""
        figures = {row.name: row.figure for row in rows}
        ours = figures.get(self.of)
        other = figures.get(self.to) if self.to else 1.0
        if ours is None or other is None:
            return None
        value = ours / other
        return value, value >= self.bound if self.at_least else value <= self.bound


class Section(msgspec.Struct, kw_only=True):
    """A table. ``higher``: whether more is better."""

    name: str
    title: str
    how: str
    higher: bool = True
    rows: list[Row] = []
    aims: list[Aim] = []

    def best_peer(self) -> Row | None:
        """The peer with the best figure."""
        peers = [row for row in self.rows if row.role == "peer" and row.figure is not None]
        pick = max if self.higher else min
        return pick(peers, key=lambda row: row.figure or 0.0) if peers else None

    def limit(self) -> Row | None:
        """The row that marks the limit."""
        return next((row for row in self.rows if row.role == "limit"), None)


def text(section: Section) -> str:
    """The section as a table for a terminal."""
    best, limit = section.best_peer(), section.limit()
    width = max([len(row.label) for row in section.rows], default=10) + 2
    lines = [f"\n{section.title}", f"  {section.how}"]
    if section.rows:
        header = f"{'median':>11} {'':<10} {'rounds':<19}"
        columns = (f"{'x best peer':>12}" if best else "") + (f"{'x limit':>10}" if limit else "")
        lines.append(f"  {'':<{width}}{header}{columns}")
    for row in section.rows:
        if row.figure is None:
            lines.append(f"  {row.label:<{width}}{'-':>11}  {reason(row.failure)}")
            continue
        rounds = f"{number(min(row.values))}..{number(max(row.values))}"
        line = f"  {row.label:<{width}}{number(row.figure):>11} {row.unit:<10} {rounds:<19}"
        for other, place in ((best, 12), (limit, 10)):
            if other is not None:
                ratio = row.figure / other.figure if other.figure and row.role != "part" else None
                line += f"{'' if ratio is None else f'{ratio:.2f}':>{place}}"
        lines.append(line.rstrip())
    lines.extend(_aim_line(section, aim) for aim in section.aims)
    return "\n".join(lines)


def _aim_line(section: Section, aim: Aim) -> str:
    labels = {row.name: row.label for row in section.rows}
    units = {row.name: row.unit for row in section.rows}
    sign = ">=" if aim.at_least else "<="
    judged = aim.judge(section.rows)
    of = labels.get(aim.of, aim.of)
    if aim.to:
        want = f"{of} {sign} {aim.bound:g} x {labels.get(aim.to, aim.to)}"
        got = "" if judged is None else f"{judged[0]:.2f}"
    else:
        want = f"{of} {sign} {number(aim.bound)} {units.get(aim.of, '')}".rstrip()
        got = "" if judged is None else number(judged[0])
    if judged is None:
        return f"    aim  not measured  {want}"
    return f"    aim  {'met' if judged[1] else 'MISSED':<6} {got:>9}  {want}"


def reason(failure: str) -> str:
    """The line of a failure that says most: its first, and the last of a log behind it."""
    lines = [line.strip() for line in failure.splitlines() if line.strip()]
    return lines[0] if len(lines) < 2 else f"{lines[0]} {lines[-1]}"


def number(value: float) -> str:
    """Three figures that matter, thousands set apart."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def as_json(sections: Sequence[Section], facts: dict[str, object]) -> str:
    """Everything as one JSON object: facts of the machine and the run, sections, ratios, aims."""
    out = []
    for section in sections:
        best, limit = section.best_peer(), section.limit()
        rows = []
        for row in section.rows:
            entry = {**msgspec.to_builtins(row), "median": row.figure}
            for name, other in (("to_best_peer", best), ("to_limit", limit)):
                if row.figure is not None and other is not None and other.figure:
                    entry[name] = row.figure / other.figure
            rows.append(entry)
        aims = []
        for aim in section.aims:
            judged = aim.judge(section.rows)
            value, met = judged if judged is not None else (None, None)
            aims.append({**msgspec.to_builtins(aim), "value": value, "met": met})
        out.append({**msgspec.to_builtins(section), "rows": rows, "aims": aims})
    return msgspec.json.format(msgspec.json.encode({**facts, "sections": out}), indent=1).decode()
