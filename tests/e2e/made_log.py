"""A seeded log of a few hundred dossiers, with all that is odd in real ones."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from tests.e2e.recount import COLUMNS, Row

ZONE = "Asia/Ho_Chi_Minh"
DAYS = 60
MAPPING = f"""
timezone = "{ZONE}"
finished = "column"
[columns]
""" + "\n".join(f'{role} = "{column}"' for role, column in COLUMNS.items())
_START = datetime(2024, 3, 1, 8, tzinfo=ZoneInfo(ZONE))


def made(dossiers: int, seed: int = 1) -> list[Row]:
    """Rows in no order: open and finished dossiers, activities before the reception and after the
    finish, due times before the reception, nobody named, and rows that stand there twice."""
    chance = Random(seed)
    rows = [row for number in range(dossiers) for row in _dossier(f"d-{number:04}", chance)]
    rows += [dict(row) for row in chance.sample(rows, len(rows) // 50)]
    chance.shuffle(rows)
    return rows


def write(path: Path, rows: Iterable[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(COLUMNS.values()))
        writer.writeheader()
        writer.writerows(rows)
    return path


def _dossier(name: str, chance: Random) -> list[Row]:
    received = _START + timedelta(days=chance.random() * (DAYS - 25))
    due = received + timedelta(days=chance.choice((-1, 2, 5, 10, 15, 40)), hours=chance.random())
    finished = received + timedelta(days=chance.choice((-0.5, 1, 4, 9, 15, 20)) * chance.random())
    ends = {
        "case:startdate": _text(received, chance),
        "case:deadline": _text(due, chance) if chance.random() < 0.95 else "",
        "case:enddate": _text(finished, chance) if chance.random() < 0.6 else "",
        "case:responsible": chance.choice(("", "", "head-1", "head-2")),
    }
    at = received - timedelta(hours=chance.choice((0, 0, 0, 5)))
    found = []
    for _ in range(chance.randint(1, 9)):
        found.append(
            {
                **ends,
                "case:concept:name": name,
                "concept:name": chance.choice(("Receive", "Check", "Sign")),
                "time:timestamp": _text(at, chance),
                "org:resource": chance.choice(("", *(f"officer-{n}" for n in range(12)))),
                "org:group": chance.choice(("", "", *(f"unit-{n}" for n in range(6)))),
            }
        )
        at += timedelta(days=chance.expovariate(0.5)) * chance.choice((0, 1, 1, 1))
    return found


def _text(moment: datetime, chance: Random) -> str:
    """With an offset or, in the log's own zone, without one."""
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    return (moment if chance.random() < 0.5 else moment.replace(tzinfo=None)).isoformat(" ")
