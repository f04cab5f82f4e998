"""The public permit log: what the importer makes of it, against a plain recount in pandas."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from dossiers.wire.events import Finished, Progressed, Received
from tests.sources.logs import Imported, imported, mapping

COLUMNS = {
    "dossier": "case:concept:name",
    "activity": "concept:name",
    "time": "time:timestamp",
    "officer": "org:resource",
    "responsible": "case:responsible",
    "unit": "org:group",
    "received": "case:startdate",
    "due": "case:deadline",
    "finished": "case:enddate",
}


@pytest.fixture(scope="module")
def log(receipt: Path, tmp_path_factory: pytest.TempPathFactory) -> Imported:
    copy = tmp_path_factory.mktemp("receipt") / "receipt.csv"
    copy.write_bytes(receipt.read_bytes())
    return imported(copy, mapping(COLUMNS, timezone="Europe/Amsterdam", limit="15 days"))


@pytest.fixture(scope="module")
def table(receipt: Path) -> pd.DataFrame:
    rows = pd.read_csv(receipt, dtype=str, keep_default_na=False)
    for name in ("time:timestamp", "case:startdate", "case:deadline", "case:enddate"):
        rows[name] = pd.to_datetime(rows[name], utc=True, format="ISO8601")
    return rows


def ms(moment: pd.Timestamp) -> int:
    return int(moment.value) // 1_000_000


def test_counts(log: Imported, table: pd.DataFrame) -> None:
    by_case = table.groupby("case:concept:name")
    assert log.counts.read == len(table) == len(log.of(Progressed))
    assert log.counts.dossiers == len(by_case) == len(log.of(Received))
    assert len(log.of(Finished)) == by_case["case:enddate"].first().notna().sum()
    assert (log.counts.duplicates, log.letters, log.warnings) == (table.duplicated().sum(), [], [])


def test_dates(log: Imported, table: pd.DataFrame) -> None:
    first = table.groupby("case:concept:name").first()
    received = {e.dossier_id: (e.occurred_at, e.due_at) for e in log.of(Received)}
    finished = {e.dossier_id: e.occurred_at for e in log.of(Finished)}
    assert received == {
        str(case): (ms(row["case:startdate"]), ms(row["case:deadline"]))
        for case, row in first.iterrows()
    }
    ended = first["case:enddate"].dropna()
    assert finished == {str(case): ms(end) for case, end in ended.items()}
    latest = table[["time:timestamp", "case:startdate", "case:enddate"]].max().max()
    assert log.as_of == ms(latest)


def test_holders(log: Imported, table: pd.DataFrame) -> None:
    """The unit of the last activity by time and row; the responsible officer."""
    ordered = table.sort_values("time:timestamp", kind="stable")
    last = ordered.groupby("case:concept:name").last()
    units: dict[str, str] = {}
    officers: dict[str, str] = {}
    for event in log.of(Progressed):
        units[event.dossier_id] = event.unit or units.get(event.dossier_id, "")
        officers[event.dossier_id] = event.responsible or officers.get(event.dossier_id, "")
    assert Counter(units.values()) == Counter(last["org:group"])
    assert Counter(officers.values()) == Counter(last["case:responsible"])


def test_verdicts_by_plain_comparison(log: Imported, table: pd.DataFrame) -> None:
    """Late by the millisecond, early by the local date: told from the events alone."""
    first = table.groupby("case:concept:name").first()
    late = int((first["case:enddate"] > first["case:deadline"]).sum())
    zone = "Europe/Amsterdam"
    end, due = (first[f"case:{name}"].dt.tz_convert(zone) for name in ("enddate", "deadline"))
    early = int((end.dt.date < due.dt.date)[end.notna()].sum())
    dues = {e.dossier_id: e.due_at for e in log.of(Received)}
    finished = {e.dossier_id: e.occurred_at for e in log.of(Finished)}
    told_late = [case for case, at in finished.items() if at > dues[case]]
    told_early = [
        case
        for case, at in finished.items()
        if pd.Timestamp(at, unit="ms", tz="UTC").tz_convert(zone).date()
        < pd.Timestamp(dues[case], unit="ms", tz="UTC").tz_convert(zone).date()
    ]
    assert (len(told_late), len(told_early)) == (late, early)
