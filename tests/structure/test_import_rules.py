"""``make lint`` fails at a forbidden import, at a cycle of imports and at a clock in the domain."""

from __future__ import annotations

import configparser
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RULES = ROOT / ".importlinter"


def rooms() -> list[str]:
    """The packages whose imports are looked at."""
    parser = configparser.ConfigParser()
    parser.read(RULES, "utf-8")
    return parser["importlinter"]["root_packages"].split()


# A file, and what is written at its end; which contract has to say so, and with which words.
PLANTED = {
    "a room reads its neighbour": (
        "sinks/pump.py", "import api.app", "rooms", "sinks.pump -> api.app",
    ),
    "the domain imports a room, inside a function": (
        "dossiers/text/ids.py", "def later():\n    import streams.partition.engine",
        "rooms", "dossiers.text.ids -> streams.partition.engine",
    ),
    "infra knows the domain": (
        "infra/kafka/broker.py", "import dossiers.text.ids",
        "infra", "infra.kafka.broker -> dossiers.text.ids",
    ),
    "the witness uses the fold through another": (
        "oracle/figures.py", "import dossiers.reports.case",
        "oracle", "oracle.figures -> dossiers.reports.case",
    ),
    "a lower package of the domain uses a higher one": (
        "dossiers/portal/phases.py", "import dossiers.fold.settle",
        "dossiers", "dossiers.portal.phases -> dossiers.fold.settle",
    ),
    "a clock in the domain": (
        "dossiers/fold/alerts.py", "import time", "pure", "dossiers.fold.alerts -> time",
    ),
    "a cycle of two modules": (
        "sources/ticks.py", "import sources.ticker", "acyclic", ".ticker",
    ),
    "a cycle of two packages": (
        "oracle/owners.py", "import oracle.checks.cut", "acyclic", ".checks",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What import-linter says, contract by contract, of a copy with all of it planted."""
    folder = tmp_path_factory.mktemp("planted")
    shutil.copy(RULES, folder)
    for room in rooms():
        for path in (ROOT / room).rglob("*.py"):
            if "node_modules" not in path.parts:
                target = folder / path.relative_to(ROOT)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, target)
    for name, text, _, _ in PLANTED.values():
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write(f"\n{text}\n")
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]
    run = subprocess.run(
        command,
        check=False,
        cwd=folder,
        capture_output=True,
        text=True,
        env={"COLUMNS": "400"},
        timeout=120,
    )
    assert run.returncode == 1, run.stdout + run.stderr
    return told(run.stdout)


def told(output: str) -> dict[str, str]:
    """The part of each broken contract, by the contract's id."""
    parser = configparser.ConfigParser()
    parser.read(RULES, "utf-8")
    names = {
        parser[section]["name"]: section.rsplit(":", 1)[-1]
        for section in parser.sections()
        if section.startswith("importlinter:contract:")
    }
    parts = re.split(r"^(.+)\n-{3,}\n", output, flags=re.MULTILINE)
    return {names[title]: body for title, body in zip(parts[1::2], parts[2::2], strict=True)
            if title in names}  # fmt: skip


@pytest.mark.parametrize("case", PLANTED)
def test_a_planted_import_is_named(case: str, complaints: dict[str, str]) -> None:
    _, _, contract, words = PLANTED[case]
    assert words in complaints.get(contract, ""), complaints


def test_every_room_is_looked_at() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages - {"dashboards", "tests"} == set(rooms())


CLOCKS = {
    "datetime.now": "from datetime import datetime\n\nNOW = datetime.now()\n",
    "date.today": "import datetime\n\nTODAY = datetime.date.today()\n",
    "uuid4": "import uuid\n\nid_of = uuid.uuid4\n",
}
LOCAL = {"open": 'TEXT = open("a.txt").read()\n', "print": 'print("here")\n'}
WALL = {
    "time.time": "import time\n\nNOW = time.time()\n",
    "random": "import random\n\nrandom.seed()\n",
}


@pytest.mark.parametrize(
    ("room", "text"),
    [
        pytest.param(room, text, id=f"{room} {name}")
        for room, planted in (("dossiers", CLOCKS | LOCAL), ("streams", CLOCKS | WALL))
        for name, text in planted.items()
    ],
)
def test_a_call_of_a_clock_is_found(room: str, text: str) -> None:
    command = [
        str(Path(sys.executable).with_name("ruff")), "check", "--no-cache",
        "--output-format", "json", "--stdin-filename", f"{room}/planted.py", "-",
    ]  # fmt: skip
    run = subprocess.run(
        command, check=False, cwd=ROOT, input=text, capture_output=True, text=True, timeout=60
    )
    found = {each["code"] for each in json.loads(run.stdout)}
    assert found & {"TID251", "PTH123", "T201"}, run.stdout
