"""A public permit log: the product's figures beside a plain recount that shares no code with it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.product import ROOT, Replay, Serving, answer
from tests.e2e.recount import COLUMNS, Row, recount

pytestmark = pytest.mark.timeout(1200)
LOG = ROOT.parent / "shared" / "data" / "receipt.csv"
ZONE = "Europe/Amsterdam"
# A permit log has neither traits nor people who act on alerts.
UNTOLD = {"ClickHouse traits = traits of the log", "texts of what people did"}
MAPPING = f"""
timezone = "{ZONE}"
calendar = "24x7"
limit = "15 days"
finished = "column"
[columns]
""" + "\n".join(f'{role} = "{column}"' for role, column in COLUMNS.items())


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    if not LOG.exists():
        pytest.skip(f"the public permit log is not on this machine ({LOG})")
    with LOG.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def expected(rows: list[Row]) -> dict[str, Any]:
    return recount(rows, ZONE)


@pytest.fixture(scope="module")
def replay(rows: list[Row], tmp_path_factory: pytest.TempPathFactory) -> Replay:
    folder = tmp_path_factory.mktemp("receipt")
    (folder / "map.toml").write_text(MAPPING)
    return Replay(LOG, folder / "map.toml", folder / "state")


@pytest.fixture(scope="module")
def serving(replay: Replay) -> Iterator[Serving]:
    with replay.served() as running:
        yield running
    assert running.process.returncode == 0, running.errors.read_text()


def test_the_recount_finds_what_is_known_of_this_log(expected: dict[str, Any]) -> None:
    known = {"total": 1434, "early": 951, "on_time": 1, "late": 377, "open": 105, "overdue": 39}
    assert {key: expected["dossiers"][key] for key in known} == known
    assert expected["as_of"] == "2012-01-23T14:42:54.644Z"
    assert len(expected["officers"]) > 30


@pytest.mark.parametrize("part", ["dossiers", "officers", "units", "as_of"])
def test_figures_equal_the_recount(serving: Serving, expected: dict[str, Any], part: str) -> None:
    assert serving.result()[part] == expected[part]


def test_rows_are_counted(serving: Serving, rows: list[Row]) -> None:
    ended = {row[COLUMNS["dossier"]] for row in rows if row[COLUMNS["finished"]]}
    events = serving.result()["events"]
    assert events["read"] == len(rows)
    # Each row, and for each dossier its reception and, if it has one, its finish.
    assert events["published"] == len(rows) + 1434 + len(ended)
    assert (events["duplicates"], events["dead_lettered"]) == (0, 0)


def test_verify_agrees(serving: Serving, replay: Replay) -> None:
    serving.result()
    report = answer("verify", *replay.at)
    assert report["equal"] is True
    assert report["dossiers"] == 1434
    assert {check["name"]: 0 for check in report["checks"]} == {
        check["name"]: check["differences"] for check in report["checks"]
    }
    nothing_compared = {check["name"] for check in report["checks"] if not check["compared"]}
    assert nothing_compared == UNTOLD


def test_replayed_again_it_is_the_same(serving: Serving, replay: Replay) -> None:
    first, again = serving.result(), replay.until_end()
    assert {**again, "seconds": 0} == {**first, "seconds": 0}
