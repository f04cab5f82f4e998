"""What a run measures and how much of it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

SECTIONS = {
    "small-job": "the small stateful job on every engine",
    "due-times": "due times from limits: by table and minute by minute",
    "fold": "the product's whole fold: our worker, a bare loop, Quix Streams, Bytewax",
    "latency": "publish -> delta at a websocket client, on the whole stack",
    "overdue": "a dossier becomes overdue -> delta at a websocket client",
    "alerts": "a due time passes -> alert -> a mail server has the mail",
    "ingest": "dossiers posted to the API, acknowledged by Kafka",
    "pages": "a unit's page, with 5,000 open dossiers",
    "late-list": "a month's late list is frozen: 30,000 dossiers held, and more with --dossiers",
    "walls": "websocket clients held at the full rate by one core",
    "recovery": "start, and worker killed -9 -> right figures again",
    "large-store": "what pages ask of a ClickHouse with --dossiers dossiers (only if named)",
    "long-run": "growth of memory, handles and threads over days of a city (only if named)",
}
ASKED = frozenset({"large-store", "long-run"})  # sections that run only when they are named


class Options(msgspec.Struct, kw_only=True):
    """``only``: names of sections or of engines; empty means all. ``engines_of``: by section."""

    events: int = 200_000
    rounds: int = 3
    dossiers: int = 200_000
    seconds: int = 20
    minutes: float = 2.0
    speed: float = 3_600.0
    rates: tuple[int, ...] = (200, 1_000)
    walls: tuple[int, ...] = (2_000, 5_000, 10_000, 15_000)
    partitions: int = 4
    only: tuple[str, ...] = ()
    engines_of: Mapping[str, Sequence[str]] = {}
    json: bool = False
    work: Path
    say: Callable[[str], None] = print

    def wants(self, section: str) -> bool:
        """Whether a section is to be measured."""
        if not self.only:
            return section not in ASKED
        named = [name for name in self.only if name in SECTIONS]
        if named:
            return section in named
        return section in self.engines_of and bool(self.engines(section))

    def engines(self, section: str) -> list[str]:
        """The engines of a section that are to be measured."""
        chosen = [name for name in self.only if name not in SECTIONS]
        names = self.engines_of[section]
        return [name for name in names if not chosen or name.rstrip("_") in chosen]


def parse(argv: Sequence[str], engines_of: Mapping[str, Sequence[str]], work: Path) -> Options:
    """Options from the command line; exits with a message on a wrong one.

    ``engines_of``: the names of the engines that a section compares.
    """
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measures the product beside its peers and the limit, on this machine.",
        epilog="sections: " + "; ".join(f"{k}: {v}" for k, v in SECTIONS.items()),
    )
    engines = [name.rstrip("_") for names in engines_of.values() for name in names]
    names = [*SECTIONS, *dict.fromkeys(engines)]
    parser.add_argument("--events", type=int, help="events a run (default 200,000)")
    parser.add_argument("--rounds", type=int, help="rounds; medians are shown (default 3)")
    parser.add_argument("--dossiers", type=int, help="open dossiers (default 200,000)")
    parser.add_argument("--seconds", type=int, help="length of a latency run (default 20)")
    parser.add_argument("--minutes", type=float, help="length of a long run (default 2)")
    parser.add_argument("--speed", type=float, help="of its city (default 3,600)")
    parser.add_argument("--only", action="append", choices=names, metavar="NAME", default=[])
    parser.add_argument("--quick", action="store_true", help="few events, one round: does it run?")
    parser.add_argument("--json", action="store_true", help="print one JSON object at the end")
    given = parser.parse_args(argv)
    options = Options(only=tuple(given.only), engines_of=engines_of, json=given.json, work=work)
    if given.quick:
        options.events, options.rounds, options.dossiers, options.seconds = 20_000, 1, 5_000, 5
        options.walls = (200, 500)
    for name in ("events", "rounds", "dossiers", "seconds", "minutes", "speed"):
        value = getattr(given, name)
        if value is not None:
            if value < (1 if isinstance(value, int) else 0.1):
                parser.error(f"--{name} is too small")
            setattr(options, name, value)
    return options
