"""A late list by its rows alone: what follows from the frozen one and the review, and what the rows
add up to. Files are read as plain JSON; nothing is shared with what made them."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
Who = tuple[str, str]  # unit, officer; "" for the unit with those below it
# By dossier, unit and officer: whom an accepted case relieves, and by which reason.
Accepted = Mapping[tuple[str, str, str], tuple[str, str]]
NOBODY = ("", "unknown")
KINDS = ("officers", "dossiers", "receptions", "excluded")


@dataclass(frozen=True)
class TakenOut:
    """What the review took out. ``officer``: of whom the charge was, "" if the whole dossier."""

    dossier: str
    unit: str
    officer: str
    reason: str


@dataclass
class Added:
    """What one holder's rows add up to. ``charges``: working ms by the length of the day; ``most``:
    the largest share of days, as (day, charge)."""

    counts: Counter[str] = field(default_factory=Counter)
    charges: Counter[int] = field(default_factory=Counter)
    most: tuple[int, int] = (1, 0)

    def take(self, row: Json, amount: int) -> None:
        """Count a late dossier with what of it fell on the holder (working ms)."""
        done = row["finished_at"] is not None
        self.counts.update({
            "late": 1, "done": done, "open": not done, "zero": row["late"] == 0,
            "repeated": bool(row["listed_in"]), "apologised": row["apologised"],
        })  # fmt: skip
        self.charges[row["day"]] += amount
        if amount * self.most[0] > self.most[1] * row["day"]:
            self.most = (row["day"], amount)


def canonical(content: Any) -> bytes:
    """RFC 8785, for what has integers only."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def odd_rows(core: Json, rows: Json) -> Iterator[str]:
    """Rows that are not those whose hashes the core has, each in a sentence."""
    for kind in KINDS:
        expected, found = core[kind], rows[kind]
        if len(expected) != len(found):
            yield f"{len(found)} {kind}, and hashes of {len(expected)}"
        for place, (digest, sealed) in enumerate(zip(expected, found, strict=False), 1):
            body = bytes.fromhex(sealed["salt"]) + canonical(sealed["row"])
            if hashlib.sha256(body).hexdigest() != digest:
                yield f"row {place} of {kind} is not the one whose hash the list has"


def lines(rows: Json, kind: str) -> list[Json]:
    """Rows of a kind without their salts."""
    return [sealed["row"] for sealed in rows[kind]]


def relieved_rows(rows: Iterable[Json], accepted: Accepted) -> tuple[list[Json], list[TakenOut]]:
    """The dossiers that are left, and what was taken out; cases that are in no row mean nothing."""
    left: list[Json] = []
    out: list[TakenOut] = []
    cases: dict[str, dict[Who, tuple[str, str]]] = defaultdict(dict)
    for (dossier, unit, officer), told in sorted(accepted.items()):
        cases[dossier][unit, officer] = told
    for row in rows:
        mine = _concerned(row, cases.get(row["dossier"], {}))
        whole = [reason for relief, reason in mine.values() if relief == "unit"]
        if whole:
            out.append(TakenOut(row["dossier"], "", "", whole[0]))
            continue
        out += [TakenOut(row["dossier"], *who, reason) for who, (_, reason) in mine.items()]
        left.append(_without(row, mine.keys()) if mine else row)
    return left, out


def _concerned(row: Json, told: Mapping[Who, tuple[str, str]]) -> dict[Who, tuple[str, str]]:
    """Of what was accepted about a dossier, what is about somebody charged with it."""
    charged = {(c["unit"], c["officer"]) for c in row["charges"]}
    units = {unit for unit, _ in charged}
    return {
        (unit, officer): (relief, reason)
        for (unit, officer), (relief, reason) in told.items()
        if (unit, officer) in charged or (not officer and unit in units and relief == "unit")
    }


def _without(row: Json, who: Iterable[Who]) -> Json:
    gone = set(who)
    charges = [
        {**c, "officer": "", "relieved": True} if (c["unit"], c["officer"]) in gone else c
        for c in row["charges"]
    ]
    return {**row, "charges": charges}


def added(core: Json, rows: Json) -> tuple[Added, dict[Who, Added]]:
    """What the rows come to: of the whole list, and by whom."""
    whole, holders = Added(), defaultdict[Who, Added](Added)
    above = _above(core)
    for row in lines(rows, "dossiers"):
        within = [charge for charge in row["charges"] if charge["unit"] in above]
        whole.take(row, sum(charge["amount"] for charge in within))
        whole.counts["unmatched"] += any(map(_unmatched, within))
        mine: Counter[Who] = Counter()
        unmatched: Counter[Who] = Counter()
        for charge in within:
            for who in _charged(charge, above[charge["unit"]]):
                mine[who] += charge["amount"]
                unmatched[who] += _unmatched(charge)
        for who, amount in mine.items():
            holders[who].take(row, amount)
            holders[who].counts["unmatched"] += unmatched[who] > 0
    for row in lines(rows, "receptions"):
        whole.counts["late_receptions"] += 1
        for unit in above.get(row["unit"], ()):
            holders[unit, ""].counts["late_receptions"] += 1
    return whole, dict(holders)


def _charged(charge: Json, units: list[str]) -> Iterator[Who]:
    """Whose lates a charge makes: of its unit and those above it (``units``), and of its officer if
    it is more than nothing."""
    yield from ((unit, "") for unit in units)
    if charge["amount"] and charge["officer"] not in NOBODY:
        yield charge["unit"], charge["officer"]


def _unmatched(charge: Json) -> bool:
    return bool(charge["amount"] and charge["officer"] in NOBODY and not charge.get("relieved"))


def _above(core: Json) -> dict[str, list[str]]:
    """Of each unit in the list, itself and those of the list above it."""
    parents = {line["unit"]: line["parent"] for line in core["units"]}
    found = {}
    for unit in parents:
        way, at = [], unit
        while at and at not in way:
            way.append(at)
            at = parents.get(at, "")
        found[unit] = way
    return found
