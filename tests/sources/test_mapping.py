"""The mapping file: what it means, and how its mistakes are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from dossiers.events import Limit
from sources.mapping import MappingError, check_columns, load_mapping
from tests.sources.logs import mapping

GOOD = """
timezone = "Europe/Amsterdam"
calendar = "24x7"
limit = "15 days"
finished = "column"
[columns]
dossier = "case:concept:name"
activity = "concept:name"
time = "time:timestamp"
finished = "case:enddate"
"""


def load(tmp_path: Path, text: str) -> object:
    path = tmp_path / "permits.toml"
    path.write_text(text, encoding="utf-8")
    return load_mapping(path)


def test_reads_the_file_of_the_manual(tmp_path: Path) -> None:
    path = tmp_path / "permits.toml"
    path.write_text(GOOD, encoding="utf-8-sig")
    found = load_mapping(path)
    assert found.ends_by == "column"
    assert found.default_limit == Limit(amount=15, unit="days")
    assert found.zone.key == "Europe/Amsterdam"
    assert found.columns.officer == ""
    assert found.hash == load_mapping(path).hash


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("timezone", "timezon", "unknown key 'timezon' (did you mean 'timezone'?)"),
        ("\nactivity", "\nacitivity", "unknown key '[columns] acitivity' (did you mean 'activity'"),
        ("\nactivity =", "\nunit =", "[columns] activity is missing"),
        ("[columns]", "[colums]", "unknown key 'colums' (did you mean 'columns'?)"),
        ("Europe/Amsterdam", "Europe/Amsterdm", "(did you mean 'Europe/Amsterdam'?)"),
        ('"24x7"', '"24/7"', "calendar: Input should be '24x7' or 'vn-office'"),
        ("15 days", "15 weeks", "'15 weeks' is no limit: write a number and hours, days"),
        ('"column"', '"last event"', "(did you mean 'last-event'?)"),
        ('"column"', "[]", "the list of activities that end a dossier is empty"),
        ('finished = "case:enddate"', "", 'finished = "column" needs the column\'s name'),
        ("[columns]", "received = 'x'\n[columns]", "'received' (it belongs under [columns])"),
        ('"column"', '"column', "is not TOML"),
    ],
)
def test_says_what_is_wrong_and_where(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(MappingError) as caught:
        load(tmp_path, GOOD.replace(old, new, 1))
    assert str(caught.value).startswith(str(tmp_path / "permits.toml") + ": ")
    assert said in str(caught.value)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match=r"none\.toml: cannot be read"):
        load_mapping(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        ("8 hours", Limit(amount=8, unit="hours")),
        ("1 day", Limit(amount=1, unit="days")),
        ("5 working days", Limit(amount=5, unit="working_days")),
        ("2 Months", Limit(amount=2, unit="months")),
        ("", None),
    ],
)
def test_limits(limit: str, expected: Limit | None) -> None:
    assert mapping(limit=limit).default_limit == expected


def test_a_due_column_outranks_the_limit() -> None:
    columns = {"dossier": "id", "activity": "a", "time": "t", "due": "d"}
    assert mapping(columns, limit="15 days").default_limit is None


def test_how_a_dossier_ends() -> None:
    columns = {"dossier": "id", "activity": "a", "time": "t"}
    with_finish = {**columns, "finished": "f"}
    assert mapping(columns).ends_by == "never"
    assert mapping(with_finish).ends_by == "column"
    assert mapping(with_finish, finished="last-event").ends_by == "last-event"
    assert mapping(columns, finished=["Done"]).ends_by == "activity"


def test_a_missing_column_is_told_with_the_nearest_one() -> None:
    with pytest.raises(MappingError) as caught:
        check_columns(mapping(), ["case:concept:name", "concept:nam", "time:timestamp"], "log.csv")
    assert "activity = 'concept:name', but log.csv has no such column" in str(caught.value)
    assert "(did you mean 'concept:nam'?)" in str(caught.value)
